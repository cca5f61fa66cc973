namespace Fer.Pipeline.Reports;

/// <summary>How the model is used from C#, Python, JavaScript and the command line, with its own names filled in.</summary>
internal static class UseSection
{
    internal static void Write(ReportSection section, string file, IReadOnlyList<string> classNames)
    {
        string names = string.Join(", ", classNames.Select(name => $"\"{name.Replace("\\", "\\\\").Replace("\"", "\\\"")}\""));
        section.Paragraph(
            "A face is 48 x 48 grey values from 0 to 255, row by row, cut out around brows and chin. All preprocessing is inside.");
        section.Heading("C#, with the package Fer.Pipeline");
        section.Code($"""
            using Fer.Pipeline.Models;

            using var model = FerModel.Load("{file}");
            FerPrediction prediction = model.Predict(pixels);
            string answer = $"{"{prediction.Label} {prediction.Confidence:P0}"}";
            """);
        section.Heading("Python, with onnxruntime");
        section.Code($"""
            import zipfile, numpy, onnxruntime

            names = [{names}]
            session = onnxruntime.InferenceSession(zipfile.ZipFile("{file}").read("model.onnx"))
            face = numpy.asarray(pixels, "float32").reshape(1, 1, 48, 48)
            probabilities = session.run(["probabilities"], {"{\"pixels\": face}"})[0][0]
            print(names[probabilities.argmax()])
            """);
        section.Heading("JavaScript, with onnxruntime-node or onnxruntime-web");
        section.Code($"""
            // fer export --model {file} --output model.onnx
            import * as ort from "onnxruntime-node";

            const names = [{names}];
            const session = await ort.InferenceSession.create("model.onnx");
            const face = new ort.Tensor("float32", Float32Array.from(pixels), [1, 1, 48, 48]);
            const probabilities = (await session.run({"{ pixels: face }"})).probabilities.data;
            console.log(names[probabilities.indexOf(Math.max(...probabilities))]);
            """);
        section.Heading("Photographs over HTTP");
        section.Code($"""
            fer serve --model {file}
            curl -H "Content-Type: image/jpeg" --data-binary @photo.jpg localhost:5080/v1/predict
            """);
    }
}
