// Winograd F(TILE x TILE, 3x3), TILE 2 or 4: y = At [(G g Gt) * (Bt d B)] A (Lavin and Gray, "Fast Algorithms for Convolutional
// Neural Networks", 2015). G is on the host's side, in compute/ops/conv/winograd_vulkan.cc. F(2,3) has the points {0, 1, -1, inf},
// F(4,3) {0, +-1/sqrt(2), +-sqrt(2), inf}, which lose fewer digits than {0, +-1, +-2, inf}.
// Transformed tensors are [point][channel quad][tile] vec4. The grid counts the tiles of all images.
const int kSide = TILE + 2;  // points along an axis

#if TILE == 2
const float kBt[4][4] = {{1, 0, -1, 0}, {0, 1, 1, 0}, {0, -1, 1, 0}, {0, 1, 0, -1}};
const float kAt[2][4] = {{1, 1, 1, 0}, {0, 1, -1, -1}};
#else
const float a = 0.70710678118654752, b = 1.4142135623730950;  // a * a = 1/2, b * b = 2
const float kBt[6][6] = {{1, 0, -2.5, 0, 1, 0},  {0, -b, -2, a, 1, 0},   {0, b, -2, -a, 1, 0},
                         {0, -a, -0.5, b, 1, 0}, {0, a, -0.5, -b, 1, 0}, {0, 1, 0, -2.5, 0, 1}};
const float kAt[4][6] = {
    {1, 1, 1, 1, 1, 0}, {0, a, -a, b, -b, 0}, {0, 0.5, 0.5, 2, 2, 0}, {0, 0.5 * a, -0.5 * a, 2 * b, -2 * b, 1}};
#endif

ivec3 TileGrid() { return ivec3(1, (push.out_h + TILE - 1) / TILE, (push.out_w + TILE - 1) / TILE); }
