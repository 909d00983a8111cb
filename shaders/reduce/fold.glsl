// Folds a run of values into one (mirrors Fold in compute/ops/reduce/fold_vulkan.h). Needs VALUE (float, vec4 or int), READ(i)
// for the value at address i, and push.total.
//
// A long run is folded in parts and the parts in a second launch: kPrepare belongs to the first launch, kFinish to the last.
layout(constant_id = 1) const int kPrepare = 0;
layout(constant_id = 2) const int kCombine = 0;
layout(constant_id = 3) const int kFinish = 0;
layout(constant_id = 4) const int kPower = 2;
layout(constant_id = 5) const bool kUnsigned = false;  // what the words of an integer are

const int kMagnitude = 1;
const int kSquare = 2;
const int kPowers = 3;

const int kAdd = 0;
const int kLargest = 1;
const int kSmallest = 2;
const int kMultiply = 3;
const int kLogSumExp = 4;

const int kAverage = 1;
const int kLog = 2;
const int kSquareRoot = 3;
const int kRoot = 4;

#ifdef INTEGERS

int Prepare(int x) {
  if (kPrepare == kMagnitude) return kUnsigned ? x : abs(x);
  return kPrepare == kSquare ? x * x : x;
}

bool Less(int a, int b) { return kUnsigned ? uint(a) < uint(b) : a < b; }
int Larger(int a, int b) { return Less(a, b) ? b : a; }
int Smaller(int a, int b) { return Less(b, a) ? b : a; }

int Finish(int x) {
  if (kFinish != kAverage) return x;
  return kUnsigned ? int(uint(x) / uint(push.total)) : x / push.total;
}

#else

VALUE Prepare(VALUE x) {
  if (kPrepare == kMagnitude) return abs(x);
  if (kPrepare == kSquare) return x * x;
  return kPrepare == kPowers ? pow(abs(x), VALUE(kPower)) : x;
}

// Comparisons, not max and min: NaN behaves the same everywhere.
VALUE Larger(VALUE a, VALUE b) { return mix(a, b, GREATER(b, a)); }
VALUE Smaller(VALUE a, VALUE b) { return mix(a, b, GREATER(a, b)); }

VALUE Finish(VALUE x) {
  if (kFinish == kAverage) return x / float(push.total);
  if (kFinish == kLog) return log(x);
  if (kFinish == kSquareRoot) return sqrt(x);
  return kFinish == kRoot ? pow(x, VALUE(1.0 / float(kPower))) : x;
}

// Around the maximum, so that nothing overflows. Where that is infinite, so is the result.
VALUE LogSumExp(int address, int step, int terms) {
  VALUE largest = READ(address);
  for (int t = 1; t < terms; ++t) largest = Larger(largest, READ(address + t * step));
  VALUE sum = VALUE(0);
  for (int t = 0; t < terms; ++t) sum += exp(READ(address + t * step) - largest);
  return mix(largest + log(sum), largest, isinf(largest));
}

#endif

VALUE Combine(VALUE a, VALUE b) {
  if (kCombine == kLargest) return Larger(a, b);
  if (kCombine == kSmallest) return Smaller(a, b);
  return kCombine == kMultiply ? a * b : a + b;
}

// Of `terms` values, `step` apart from `address` on.
VALUE Fold(int address, int step, int terms) {
#ifndef INTEGERS
  if (kCombine == kLogSumExp) return LogSumExp(address, step, terms);
#endif
  VALUE result = Prepare(READ(address));
  for (int t = 1; t < terms; ++t) {
    address += step;
    result = Combine(result, Prepare(READ(address)));
  }
  return Finish(result);
}
