// Words of any number type as integers of the same order: NaN above all other floats, both zeros equal.
const int kFloatWord = 0;
const int kSignedWord = 1;
const int kUnsignedWord = 2;

int OrderKey(int word, int kind) {
  if (kind == kSignedWord) return word;
  if (kind == kUnsignedWord) return word ^ int(0x80000000u);
  const int magnitude = word & 0x7FFFFFFF;
  if (magnitude > 0x7F800000) return 0x7FFFFFFF;  // NaN of either sign
  if (magnitude == 0) return 0;
  return word < 0 ? -magnitude : magnitude;
}
