import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { initWasm, Resvg } from '@resvg/resvg-wasm';

/** A picture of this many pixels across is sharp on a phone and still small enough for a message. */
const PNG_WIDTH = 1200;

/** What drawing needs besides the drawing; loaded once, at the first picture. */
let drawingTools: Promise<readonly Uint8Array[]> | undefined;

/**
 * An SVG drawing as PNG, `widthPx` pixels across. Meant for `ladderSvg(report, 'light')`: styles for dark screens do
 * not apply here, and the one font has no Chinese. Rejects where the drawing is no SVG.
 */
export async function ladderPng(svg: string, widthPx = PNG_WIDTH): Promise<Uint8Array> {
  drawingTools ??= loadTools();
  const fontBuffers = [...(await drawingTools)];
  const drawing = new Resvg(svg, {
    fitTo: { mode: 'width', value: widthPx },
    font: {
      fontBuffers,
      defaultFontFamily: 'DejaVu Sans Mono',
      monospaceFamily: 'DejaVu Sans Mono',
    },
  });
  const image = drawing.render();
  const png = image.asPng();
  // Memory of the WebAssembly module is not garbage that Node collects.
  image.free();
  drawing.free();
  return png;
}

async function loadTools(): Promise<readonly Uint8Array[]> {
  const require = createRequire(import.meta.url);
  await initWasm(await readFile(require.resolve('@resvg/resvg-wasm/index_bg.wasm')));
  const fonts = [
    require.resolve('dejavu-fonts-ttf/ttf/DejaVuSansMono.ttf'),
    require.resolve('dejavu-fonts-ttf/ttf/DejaVuSansMono-Bold.ttf'),
  ];
  return Promise.all(fonts.map((path) => readFile(path)));
}
