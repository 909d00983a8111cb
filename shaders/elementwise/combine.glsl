// The order of BinaryKind in compute/ops/elementwise/binary.h.
vec4 Combine(int kind, vec4 a, vec4 b) {
  if (kind == 0) return a + b;
  if (kind == 1) return a - b;
  if (kind == 2) return a * b;
  return a / b;
}
