// Products of row-major matrices, one for each index of up to four batch dimensions: 4 rows x 8 columns an invocation. Rows of a
// are padded with zeros to whole vec4s, rows of b to whole vec4s; those of y are not padded.
#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#define OUTPUT_FLOATS
#include "include/tensor.glsl"
#include "include/flat.glsl"

layout(push_constant) uniform Push {
  BASES
  int count;
  int rows;
  int columns;
  int depth;
  int column_tiles;
  int row_tiles;
  int batch_extents[3];  // of batch dimensions 1 to 3
  uint multipliers[5];   // divide by column_tiles, row_tiles and the batch extents, last first
  uint shifts;           // five bits each
  int a_strides[4];      // of the batch dimensions, in vec4s
  int b_strides[4];
} push;

const int kRows = 4;

void main() {
  const int i = FlatIndex();
  if (uint(i) >= uint(push.count)) return;
  const int row_index = DIVIDE(i, 0);
  const int batch = DIVIDE(row_index, 1);
  const int first_row = (row_index - batch * push.row_tiles) * kRows;
  const int first_column = (i - row_index * push.column_tiles) * 8;

  int a_first = 0;
  int b_first = 0;
  int rest = batch;
  for (int k = 2; k >= 0; --k) {
    const int quotient = DIVIDE(rest, 4 - k);
    const int coordinate = rest - quotient * push.batch_extents[k];
    a_first += coordinate * push.a_strides[k + 1];
    b_first += coordinate * push.b_strides[k + 1];
    rest = quotient;
  }
  a_first += rest * push.a_strides[0];
  b_first += rest * push.b_strides[0];

  // Surplus rows and columns repeat the last real ones; they are not stored.
  const int depth_quads = (push.depth + 3) / 4;
  const int column_quads = (push.columns + 3) / 4;
  const int left = b_first + first_column / 4;
  const int right = b_first + min(first_column / 4 + 1, column_quads - 1);
  vec4 sums[kRows][2];
  int a_rows[kRows];
  [[unroll]] for (int r = 0; r < kRows; ++r) {
    sums[r][0] = vec4(0);
    sums[r][1] = vec4(0);
    a_rows[r] = a_first + min(first_row + r, push.rows - 1) * depth_quads;
  }
  for (int k = 0; k < depth_quads; ++k) {
    vec4 a[kRows];
    [[unroll]] for (int r = 0; r < kRows; ++r) a[r] = LOAD0(a_rows[r] + k);
    [[unroll]] for (int lane = 0; lane < 4; ++lane) {
      const int b_row = 4 * k + lane;
      const bool inside = b_row < push.depth;
      const vec4 b0 = LOAD1(inside ? left + b_row * column_quads : kOutside);
      const vec4 b1 = LOAD1(inside ? right + b_row * column_quads : kOutside);
      [[unroll]] for (int r = 0; r < kRows; ++r) {
        sums[r][0] += a[r][lane] * b0;
        sums[r][1] += a[r][lane] * b1;
      }
    }
  }

  [[unroll]] for (int r = 0; r < kRows; ++r) {
    const int out_row = (batch * push.rows + first_row + r) * push.columns;
    [[unroll]] for (int c = 0; c < 8; ++c) {
      if (first_row + r < push.rows && first_column + c < push.columns) {
        output_floats[out_row + first_column + c] = sums[r][c / 4][c % 4];
      }
    }
  }
}
