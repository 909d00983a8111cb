#include "compute/ops/elementwise/integers.h"

namespace convoy::compute {
namespace {

// Unsigned numbers wrap, signed ones must not.
uint64_t U(int64_t x) { return static_cast<uint64_t>(x); }
int64_t S(uint64_t x) { return static_cast<int64_t>(x); }

int64_t Divide(int64_t a, int64_t b, bool is_unsigned) {
  if (b == 0) return 0;
  if (is_unsigned) return S(U(a) / U(b));
  return b == -1 ? S(-U(a)) : a / b;
}

// With the sign of a, as C has it.
int64_t Remainder(int64_t a, int64_t b, bool is_unsigned) {
  if (b == 0) return 0;
  if (is_unsigned) return S(U(a) % U(b));
  return b == -1 ? 0 : a % b;
}

// With the sign of b, as Python has it.
int64_t Modulo(int64_t a, int64_t b, bool is_unsigned) {
  const int64_t rest = Remainder(a, b, is_unsigned);
  return !is_unsigned && rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

int64_t Power(int64_t a, int64_t b, bool is_unsigned) {
  if (!is_unsigned && b < 0) {
    if (a != 1 && a != -1) return 0;
    b &= 1;  // the reciprocal of 1 or -1 is itself
  }
  uint64_t result = 1;
  uint64_t square = U(a);
  for (uint64_t rest = U(b); rest != 0; rest >>= 1) {
    if ((rest & 1) != 0) result *= square;
    square *= square;
  }
  return S(result);
}

bool IsLess(int64_t a, int64_t b, bool is_unsigned) { return is_unsigned ? U(a) < U(b) : a < b; }

}  // namespace

int64_t ApplyToInteger(UnaryKind kind, int64_t x, bool is_unsigned) {
  const bool negative = !is_unsigned && x < 0;
  switch (kind) {
    case UnaryKind::kAbs:
      return negative ? S(-U(x)) : x;
    case UnaryKind::kNeg:
      return S(-U(x));
    case UnaryKind::kSign:
      return negative ? -1 : x != 0;
    default:
      return ~x;
  }
}

int64_t CombineIntegers(BinaryKind kind, int64_t a, int64_t b, bool is_unsigned) {
  switch (kind) {
    case BinaryKind::kAdd:
      return S(U(a) + U(b));
    case BinaryKind::kSub:
      return S(U(a) - U(b));
    case BinaryKind::kMul:
      return S(U(a) * U(b));
    case BinaryKind::kDiv:
      return Divide(a, b, is_unsigned);
    case BinaryKind::kPow:
      return Power(a, b, is_unsigned);
    case BinaryKind::kMin:
      return IsLess(a, b, is_unsigned) ? a : b;
    case BinaryKind::kMax:
      return IsLess(a, b, is_unsigned) ? b : a;
    case BinaryKind::kMod:
      return Modulo(a, b, is_unsigned);
    case BinaryKind::kFmod:
      return Remainder(a, b, is_unsigned);
    case BinaryKind::kEqual:
      return a == b;
    case BinaryKind::kGreater:
      return IsLess(b, a, is_unsigned);
    case BinaryKind::kGreaterOrEqual:
      return !IsLess(a, b, is_unsigned);
    case BinaryKind::kAnd:
      return a & b;
    case BinaryKind::kOr:
      return a | b;
    case BinaryKind::kXor:
      return a ^ b;
    case BinaryKind::kShiftLeft:
      return U(b) > 63 ? 0 : S(U(a) << b);
    case BinaryKind::kShiftRight:
      return U(b) > 63 ? 0 : S(U(a) >> b);
    case BinaryKind::kPRelu:
      break;  // InferShapes refuses it
  }
  return 0;
}

}  // namespace convoy::compute
