// How much of a device a batch has. Wide: all of it. Narrow: one lane, beside batches in the
// others. Devices whose lanes are no parts of them (DeviceFacts::narrow_lanes) know no difference.
#pragma once

namespace convoy::compute {

enum class Width { kWide, kNarrow };

}  // namespace convoy::compute
