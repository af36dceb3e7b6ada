// Draws a ThumbHash (https://evanw.github.io/thumbhash/): the lowest frequencies of a picture, in about 25 bytes.

/** Draws the hash, in Base64, to a canvas. */
export function draw(canvas, hash) {
  const bytes = Uint8Array.from(atob(hash), (char) => char.charCodeAt(0));
  const bits = (byte, shift, count) =>
    ((bytes[byte] | bytes[byte + 1] << 8 | bytes[byte + 2] << 16) >> shift) & ((1 << count) - 1);
  const [hasAlpha, isLandscape] = [bits(0, 23, 1), bits(3, 15, 1)];
  // The number of lightness waves across and down. The longer side has more waves.
  const [long, short] = [hasAlpha ? 5 : 7, Math.max(3, bits(3, 0, 3))];
  const [across, down] = isLandscape ? [long, short] : [short, long];

  // After the header, each wave has four bits.
  let nibble = hasAlpha ? 12 : 10;
  const channel = (mean, columns, rows, scale) => {
    const waves = [];
    for (let row = 0; row < rows; row += 1) {
      for (let column = row ? 0 : 1; column * rows < columns * (rows - row); column += 1, nibble += 1) {
        const value = (bytes[nibble >> 1] >> (nibble % 2 * 4)) & 15;
        waves.push({ column, row, height: 2 * (value / 7.5 - 1) * scale });
      }
    }
    return (x, y) => waves.reduce((sum, { column, row, height }) =>
      sum + height * Math.cos(Math.PI * x * column) * Math.cos(Math.PI * y * row), mean);
  };
  const lightness = channel(bits(0, 0, 6) / 63, across, down, bits(0, 18, 5) / 31);
  const yellowBlue = channel(bits(0, 6, 6) / 31.5 - 1, 3, 3, bits(3, 3, 6) / 63 * 1.25);
  const redGreen = channel(bits(0, 12, 6) / 31.5 - 1, 3, 3, bits(3, 9, 6) / 63 * 1.25);
  const alpha = hasAlpha ? channel((bytes[5] & 15) / 15, 5, 5, (bytes[5] >> 4) / 15) : () => 1;

  const { width, height } = canvas;
  const pixels = new ImageData(width, height);
  for (let at = 0; at < width * height; at += 1) {
    const [x, y] = [(at % width + 0.5) / width, (Math.floor(at / width) + 0.5) / height];
    const [l, p, q] = [lightness(x, y), yellowBlue(x, y), redGreen(x, y)];
    const blue = l - p * 2 / 3;
    const red = (l * 3 - blue + q) / 2;
    pixels.data.set([red, red - q, blue, alpha(x, y)].map((value) => value * 255), at * 4);
  }
  canvas.getContext("2d").putImageData(pixels, 0, 0);
}
