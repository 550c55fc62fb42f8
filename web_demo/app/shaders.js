// core/compose.js and core/blur.js for WebGL2. Pixels are counted from the upper left, and all sampling is by texelFetch,
// so that no filter of a driver decides what comes out.

export const CORNERS = `#version 300 es
void main() { // one triangle over everything
  gl_Position = vec4(gl_VertexID == 1 ? 3.0 : -1.0, gl_VertexID == 2 ? 3.0 : -1.0, 0.0, 1.0);
}`;

const HEAD = `#version 300 es
precision highp float;
precision highp int;
precision highp sampler2D;
out vec4 made;

struct Blend { ivec2 first, second; vec2 weight; };

// Between which old pixels a new one lies: half-pixel centers, the border repeated.
Blend between(ivec2 place, ivec2 target, ivec2 source) {
  vec2 center = clamp((vec2(place) + 0.5) * vec2(source) / vec2(target) - 0.5, vec2(0.0), vec2(source - 1));
  ivec2 first = ivec2(floor(center));
  return Blend(first, min(first + 1, source - 1), center - vec2(first));
}
`;

const ALPHA = `
uniform sampler2D photo, mask;
uniform ivec2 size, boxOrigin, boxSize; // of the photo; of the photo inside the mask

float alphaAt(ivec2 place) {
  Blend b = between(place, size, boxSize);
  float upper = mix(texelFetch(mask, boxOrigin + b.first, 0).r,
                    texelFetch(mask, boxOrigin + ivec2(b.second.x, b.first.y), 0).r, b.weight.x);
  float lower = mix(texelFetch(mask, boxOrigin + ivec2(b.first.x, b.second.y), 0).r,
                    texelFetch(mask, boxOrigin + b.second, 0).r, b.weight.x);
  return mix(upper, lower, b.weight.y);
}
`;

/** The photo at a quarter of its size: color times weight, and the weight, which is 1 - alpha. */
export const WEIGH = `${HEAD}${ALPHA}
uniform ivec2 smallSize;

void main() {
  ivec2 place = ivec2(gl_FragCoord.xy);
  vec2 scale = vec2(size) / vec2(smallSize);
  vec2 from = vec2(place) * scale, to = from + scale;
  vec3 color = vec3(0.0);
  float alpha = 0.0, sum = 0.0;
  for (int y = int(from.y); float(y) < to.y && y < size.y; y++) {
    float high = min(float(y + 1), to.y) - max(float(y), from.y);
    for (int x = int(from.x); float(x) < to.x && x < size.x; x++) {
      float part = high * (min(float(x + 1), to.x) - max(float(x), from.x));
      color += part * texelFetch(photo, ivec2(x, y), 0).rgb;
      alpha += part * alphaAt(ivec2(x, y));
      sum += part;
    }
  }
  float weight = 1.0 - alpha / sum;
  made = vec4(floor(255.0 * color / sum + 0.5) / 255.0 * weight, weight);
}`;

/** A Gaussian along one axis; borders are mirrors that do not repeat the edge. */
export const GAUSS = `${HEAD}
uniform sampler2D weighted;
uniform ivec2 smallSize, axis;
uniform int reach;
uniform float kernel[64];

int mirrored(int index, int count) {
  if (count == 1) return 0;
  int period = 2 * count - 2;
  int place = ((index % period) + period) % period;
  return min(place, period - place);
}

void main() {
  ivec2 place = ivec2(gl_FragCoord.xy);
  vec4 sum = kernel[0] * texelFetch(weighted, place, 0);
  for (int k = 1; k <= reach; k++) {
    ivec2 one = place - k * axis, other = place + k * axis;
    one = ivec2(mirrored(one.x, smallSize.x), mirrored(one.y, smallSize.y));
    other = ivec2(mirrored(other.x, smallSize.x), mirrored(other.y, smallSize.y));
    sum += kernel[k] * (texelFetch(weighted, one, 0) + texelFetch(weighted, other, 0));
  }
  made = sum;
}`;

/** The person over what the effect says. kind: the effect's place in EFFECTS. */
export const COMPOSE = `${HEAD}${ALPHA}
uniform sampler2D soft, scene;
uniform ivec2 smallSize;
uniform int kind;
uniform vec3 color;

vec3 softAt(ivec2 place) {
  vec4 value = texelFetch(soft, place, 0);
  return min(value.rgb / (value.a + 1e-4), 1.0);
}

vec3 blurred(ivec2 place) {
  Blend b = between(place, size, smallSize);
  vec3 upper = mix(softAt(b.first), softAt(ivec2(b.second.x, b.first.y)), b.weight.x);
  vec3 lower = mix(softAt(ivec2(b.first.x, b.second.y)), softAt(b.second), b.weight.x);
  return mix(upper, lower, b.weight.y);
}

void main() {
  ivec2 place = ivec2(gl_FragCoord.xy);
  place.y = size.y - 1 - place.y; // WebGL's rows begin below
  vec3 front = texelFetch(photo, place, 0).rgb;
  float alpha = kind == 0 ? 1.0 : alphaAt(place);
  vec3 behind = front;
  if (kind == 1 && alpha < 1.0) behind = blurred(place);
  if (kind == 2) behind = color;
  if (kind == 3) behind = texelFetch(scene, place, 0).rgb;
  made = vec4(kind == 4 ? vec3(alpha) : mix(behind, front, alpha), 1.0);
}`;
