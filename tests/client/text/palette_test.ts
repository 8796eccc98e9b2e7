import { assertEquals } from "@std/assert";
import { nickShades } from "../../../lib/client/text/palette.ts";

Deno.test("nickShades are legible on the dark and on the light background", () => {
  for (const { dark, light } of nickShades) {
    assertEquals([contrast(dark, "#121212") >= 4.5, contrast(light, "#ffffff") >= 4.5], [true, true]);
  }
});

function contrast(one: string, other: string): number {
  const [high = 0, low = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
