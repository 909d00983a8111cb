// The complement of the error function, 1 - erf(x), by Chebyshev's method: for z = |x| and t = 1 / (1 + z / 2),
// log(erfc(z) / t) + z^2 is smooth, and its interpolant of degree 9 in t has a relative error below 1e-7 where FP32 can
// hold erfc at all.
vec4 Erfc(vec4 x) {
  const vec4 z = abs(x);
  const vec4 t = 1 / (1 + 0.5 * z);
  vec4 sum = vec4(0.1375437825918198);
  sum = sum * t - 0.6403201222419739;
  sum = sum * t + 1.060672402381897;
  sum = sum * t - 0.5672950744628906;
  sum = sum * t - 0.18796800076961517;
  sum = sum * t + 0.059099338948726654;
  sum = sum * t + 0.014693794772028923;
  sum = sum * t + 0.39086347818374634;
  sum = sum * t + 0.9981334209442139;
  sum = sum * t - 1.2654229402542114;
  const vec4 above = t * exp(sum - z * z);
  return mix(above, 2 - above, lessThan(x, vec4(0)));
}

// Near 0 the series of Maclaurin, where 1 - erfc would cancel.
vec4 Erf(vec4 x) {
  const vec4 s = x * x;
  vec4 sum = s * (1.0 / 9360.0) - 1.0 / 1320.0;
  sum = sum * s + 1.0 / 216.0;
  sum = sum * s - 1.0 / 42.0;
  sum = sum * s + 0.1;
  sum = sum * s - 1.0 / 3.0;
  const vec4 near = 1.1283791670955126 * x * (sum * s + 1);  // 2 / sqrt(pi)
  return mix(1 - Erfc(x), near, lessThan(abs(x), vec4(0.5)));
}
