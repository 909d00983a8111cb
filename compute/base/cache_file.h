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

// `bytes` behind a heading that names what they were made for, one line, and their hash: drivers
// trust what they are given, and some crash on what is damaged.
std::string SealCache(std::string_view key, std::string_view bytes);

// The bytes; nothing where `sealed` is cut short, damaged or made for another key.
std::optional<std::string> OpenSealedCache(std::string_view key, std::string_view sealed);

}  // namespace convoy::compute
