// Times an ONNX model's inference with onnxruntime-node on random values: node time.cjs MODEL [BATCH] [THREADS] [ITERATIONS]
// Prints one JSON line as `fer bench --onnx MODEL --json` does, for its --compare: the median of the timed iterations after two to warm up.
'use strict';
const os = require('node:os');
const path = require('node:path');
const ort = require('onnxruntime-node');

async function main([model, batchText = '64', threadsText = String(os.cpus().length), iterationsText = '8']) {
  const [batch, threads, iterations] = [batchText, threadsText, iterationsText].map(Number);
  const session = await ort.InferenceSession.create(model, { executionProviders: ['cpu'], intraOpNumThreads: threads, interOpNumThreads: 1, graphOptimizationLevel: 'all' });
  // Constants may be listed among the inputs of old files; the first one without a value is the picture.
  const { name, shape } = session.inputMetadata[0];
  // A batch that the file fixes is the batch.
  const n = typeof shape[0] === 'number' && shape[0] > 0 ? shape[0] : batch;
  const sizes = shape.slice(1).map(Number);
  const values = Float32Array.from({ length: n * sizes.reduce((a, b) => a * b, 1) }, () => Math.random() * 2 - 1);
  const feeds = { [name]: new ort.Tensor('float32', values, [n, ...sizes]) };
  const seconds = [];
  for (let i = 0; i < iterations + 2; i++) {
    const start = process.hrtime.bigint();
    await session.run(feeds);
    if (i >= 2) seconds.push(Number(process.hrtime.bigint() - start) / 1e9);
  }
  seconds.sort((a, b) => a - b);
  const median = (seconds[(iterations - 1) >> 1] + seconds[iterations >> 1]) / 2;
  console.log(JSON.stringify({ net: path.basename(model), mode: 'infer', dtype: 'fp32', images_per_second: Math.round(10 * n / median) / 10 }));
}

main(process.argv.slice(2)).catch((e) => {
  console.error(String(e && e.message ? e.message : e));
  process.exit(1);
});
