// Amounts as people read them. Pure.
#pragma once

#include <cstdint>
#include <string>

namespace convoy::cli {

std::string Grouped(int64_t count);  // "61,706"
std::string Metric(double amount);   // "416 k", "4.09 G": three digits; below a thousand whole
std::string Binary(int64_t bytes);   // "512 B", "241 KiB", "97.5 MiB": three digits

// An amount in a time, by the billion a second; 0 of what took no time.
double Giga(double amount, double milliseconds);

}  // namespace convoy::cli
