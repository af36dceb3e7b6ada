// An animated thumbnail in a real browser.
import { address, open, play } from "../../../testkit/browser/browser.mjs";

await play({
  // Prints what the browser finds in the animation: the frames, with their durations and the colors of two pixels.
  async decode() {
    const { page, close } = await open(address);
    const seen = await page.evaluate(async () => {
      const data = await (await fetch("animation.avif")).arrayBuffer();
      const decoder = new ImageDecoder({ type: "image/avif", data });
      await decoder.tracks.ready;
      await decoder.completed;
      const { frameCount, repetitionCount } = decoder.tracks.selectedTrack;
      const frames = [];
      for (let frameIndex = 0; frameIndex < frameCount; frameIndex++) {
        const { image } = await decoder.decode({ frameIndex });
        const context = new OffscreenCanvas(image.displayWidth, image.displayHeight).getContext("2d");
        context.drawImage(image, 0, 0);
        const pixel = (x) => [...context.getImageData(x, 32, 1, 1).data];
        frames.push({ milliseconds: image.duration / 1000, left: pixel(20), right: pixel(36) });
      }
      return { plays: repetitionCount === Infinity ? 0 : repetitionCount + 1, frames };
    });
    console.log(JSON.stringify(seen));
    await close();
  },
});
