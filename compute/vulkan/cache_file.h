// Small files that only save time: read whole or not at all, written so that a reader never sees
// half of one.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace convoy::compute {

// $XDG_CACHE_HOME/convoy/<name>, or $HOME/.cache/convoy/<name>; empty where neither is set.
std::string CacheFilePath(std::string_view name);

// Nothing when the file is absent, unreadable or larger than 64 MiB.
std::optional<std::string> ReadCacheFile(const std::string& path);

// Writes beside the file and renames; makes the folder. False when that fails.
bool WriteCacheFile(const std::string& path, std::string_view bytes);

}  // namespace convoy::compute
