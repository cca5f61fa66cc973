// Runs an ONNX model with onnxruntime-node: node run.cjs MODEL INPUT OUTPUT BATCH
// INPUT holds raw little-endian float32 examples of the model's own input shape; OUTPUT gets the raw float32 results of the first output in the
// same order; those of further outputs go to OUTPUT.1, OUTPUT.2 and so on, in the order of the model.
'use strict';
const fs = require('node:fs');
const ort = require('onnxruntime-node');

async function main([model, inputFile, outputFile, batchText]) {
  const session = await ort.InferenceSession.create(model, { executionProviders: ['cpu'], intraOpNumThreads: 1 });
  const { name, shape } = session.inputMetadata[0];
  const sizes = shape.slice(1).map(Number);
  const perExample = sizes.reduce((a, b) => a * b, 1);
  const bytes = fs.readFileSync(inputFile);
  const pixels = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const count = pixels.length / perExample;
  if (!Number.isInteger(count)) throw new Error(`${pixels.length} values are no whole number of examples of ${perExample}`);
  const batch = Number(batchText);
  const results = session.outputNames.map(() => []);
  for (let start = 0; start < count; start += batch) {
    const n = Math.min(batch, count - start);
    const part = pixels.subarray(start * perExample, (start + n) * perExample);
    const outputs = await session.run({ [name]: new ort.Tensor('float32', part, [n, ...sizes]) });
    session.outputNames.forEach((name, i) => {
      const output = outputs[name];
      if (output.dims[0] !== n) throw new Error(`the output of ${n} examples has the dimensions ${output.dims}`);
      results[i].push(Buffer.from(output.data.buffer, output.data.byteOffset, output.data.byteLength));
    });
  }
  results.forEach((parts, i) => fs.writeFileSync(i === 0 ? outputFile : `${outputFile}.${i}`, Buffer.concat(parts)));
  console.log(JSON.stringify({ inputs: session.inputNames, outputs: session.outputNames, shape: sizes }));
}

main(process.argv.slice(2)).catch((e) => {
  console.error(String(e && e.message ? e.message : e));
  process.exit(1);
});
