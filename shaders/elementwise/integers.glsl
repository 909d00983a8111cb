// Arithmetic on integer words (compute/tensor/words.h), as compute/ops/elementwise/integers.h has it: nothing traps, what
// exceeds the type wraps. GLSL leaves division by 0 and the remainder of negative numbers open. Needs the specialization
// constants kBits and kIsUnsigned.

// The low bits, extended to the word.
int Narrow(int x) {
  if (kBits == 32) return x;
  if (kIsUnsigned != 0) return int(bitfieldExtract(uint(x), 0, kBits));
  return bitfieldExtract(x, 0, kBits);
}

bool IsLess(int a, int b) { return kIsUnsigned != 0 ? uint(a) < uint(b) : a < b; }

uint Magnitude(int x) { return kIsUnsigned == 0 && x < 0 ? uint(-x) : uint(x); }

// Towards 0.
int Divide(int a, int b) {
  if (b == 0) return 0;
  const int quotient = int(Magnitude(a) / Magnitude(b));
  return kIsUnsigned == 0 && (a ^ b) < 0 ? -quotient : quotient;
}

// With the sign of a, as C has it.
int Remainder(int a, int b) {
  if (b == 0) return 0;
  const int rest = int(Magnitude(a) % Magnitude(b));
  return kIsUnsigned == 0 && a < 0 ? -rest : rest;
}

// With the sign of b, as Python has it.
int Modulo(int a, int b) {
  const int rest = Remainder(a, b);
  return kIsUnsigned == 0 && rest != 0 && (rest ^ b) < 0 ? rest + b : rest;
}

int Power(int a, int b) {
  if (kIsUnsigned == 0 && b < 0) {
    if (a != 1 && a != -1) return 0;
    b &= 1;  // the reciprocal of 1 or -1 is itself
  }
  int result = 1;
  int square = a;
  for (uint rest = uint(b); rest != 0; rest >>= 1) {
    if ((rest & 1) != 0) result *= square;
    square *= square;
  }
  return result;
}
