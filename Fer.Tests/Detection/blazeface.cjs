// Runs a BlazeFace ONNX file with onnxruntime-node: node blazeface.cjs MODEL SIDE INPUT OUTPUT
// INPUT holds [side, side, 3] raw little-endian float32; OUTPUT gets the scores of both grids and then the boxes of both.
'use strict';
const fs = require('node:fs');
const ort = require('onnxruntime-node');

async function main([model, side, inputFile, outputFile]) {
  const session = await ort.InferenceSession.create(model, { executionProviders: ['cpu'], intraOpNumThreads: 1, logSeverityLevel: 3 });
  const bytes = fs.readFileSync(inputFile);
  const pixels = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const outputs = await session.run({ 'input:0': new ort.Tensor('float32', pixels, [1, Number(side), Number(side), 3]) });
  const parts = ['Identity:0', 'Identity_1:0', 'Identity_2:0', 'Identity_3:0'].map((name) => outputs[name].data);
  fs.writeFileSync(outputFile, Buffer.concat(parts.map((data) => Buffer.from(data.buffer, data.byteOffset, data.byteLength))));
}

main(process.argv.slice(2)).catch((e) => {
  console.error(String(e && e.message ? e.message : e));
  process.exit(1);
});
