using System.Text.Json;
using Fer.Pipeline.Images;
using Fer.Shell;
using Fer.Tests.Detection;
using Fer.Tests.Images;
using Fer.Tests.Models;
using Fer.Tests.Video;

namespace Fer.Tests.Commands;

public sealed class PredictCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestModels _models = new();
    private Stream _input = Stream.Null;

    public PredictCommandTests() => File.Copy(_models.Save(), _folder.File("model.zip"));

    public void Dispose()
    {
        _folder.Dispose();
        _models.Dispose();
    }

    [Fact]
    public async Task A_table_has_a_row_a_face_and_one_for_what_is_broken()
    {
        Picture("pictures/b.png", 50, 40);
        Picture("pictures/deep/a,b.png", 48, 48);
        _folder.Write("pictures/c.jpg", "no picture");
        var (code, output, error) = await Run("predict", "--model", "model.zip", "--cropped", "pictures", "--csv");
        Assert.Equal(ExitCode.Failed, code);
        string[] rows = output.TrimEnd('\n').Split('\n');
        Assert.Equal(4, rows.Length);
        Assert.StartsWith("file,faces,face,x,y,width,height,score,emotion,confidence,", rows[0]);
        Assert.StartsWith("pictures/b.png,1,1,0,0,50,40,,", rows[1]);
        Assert.StartsWith("pictures/c.jpg,,,", rows[2]);
        Assert.StartsWith("\"pictures/deep/a,b.png\",1,1,0,0,48,48,,", rows[3]);
        Assert.Contains("2 pictures done, 1 could not be read", error);
    }

    [Fact]
    public async Task Below_the_threshold_a_face_is_unsure()
    {
        Picture("a.png", 48, 48);
        var (_, text, _) = await Run("predict", "--model", "model.zip", "a.png", "--threshold", "1");
        Assert.StartsWith("a.png: unsure: ", text);
        var (_, line, _) = await Run("predict", "--model", "model.zip", "a.png", "--threshold", "1", "--json-lines");
        var face = JsonDocument.Parse(line).RootElement.GetProperty("faces")[0];
        Assert.Equal(JsonValueKind.Null, face.GetProperty("emotion").ValueKind);
        Assert.Equal(1, face.GetProperty("probabilities").EnumerateObject().Sum(p => p.Value.GetDouble()), 1e-4);
    }

    [Fact]
    public async Task A_part_of_the_picture_is_predicted_as_if_it_were_cut_out()
    {
        var image = Picture("a.png", 100, 80);
        var cut = new RgbImage(48, 48, new byte[3 * 48 * 48]);
        for (int y = 0; y < 48; y++) image.Pixels.AsSpan(3 * ((y + 20) * 100 + 30), 3 * 48).CopyTo(cut.Pixels.AsSpan(3 * 48 * y));
        PngEncoder.Save(cut, _folder.File("cut.png"));
        var (_, part, _) = await Run("predict", "--model", "model.zip", "a.png", "--crop", "30,20,48,48");
        var (_, whole, _) = await Run("predict", "--model", "model.zip", "cut.png");
        Assert.Equal(whole.Replace("cut.png", "a.png"), part);
        var (code, _, error) = await Run("predict", "--model", "model.zip", "a.png", "--crop", "30,20,0,48");
        Assert.Equal(ExitCode.WrongUsage, code);
        Assert.Contains("left, top, width and height", error);
        (code, _, error) = await Run("predict", "--model", "model.zip", "a.png", "--crop", "300,20,10,48");
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("outside the picture", error);
    }

    [Fact]
    public async Task Copies_of_several_pictures_go_below_a_folder()
    {
        Picture("pictures/a.png", 60, 60);
        Picture("pictures/deep/a.png", 60, 60);
        var (code, _, error) = await Run("predict", "--model", "model.zip", "--cropped", "pictures", "--annotate", "boxes");
        Assert.True(code == ExitCode.Done, error);
        Assert.Equal((60, 60), Size("boxes/a.png.png"));
        Assert.Equal((60, 60), Size("boxes/deep/a.png.png"));
        (code, _, error) = await Run("predict", "--model", "model.zip", "--cropped", "pictures", "--annotate", "one.png");
        Assert.Equal(ExitCode.WrongUsage, code);
        Assert.Contains("--annotate FOLDER", error);
        (code, _, _) = await Run("predict", "--model", "model.zip", "--cropped", "pictures/a.png", "--annotate", "one.png");
        Assert.Equal(ExitCode.Done, code);
        Assert.NotEqual(ImageDecoder.Load(_folder.File("pictures/a.png")).Pixels, ImageDecoder.Load(_folder.File("one.png")).Pixels);
    }

    [Fact]
    public async Task Folders_give_pictures_of_every_kind_and_other_kinds_are_refused_by_name()
    {
        foreach (string name in (string[])["animated.gif", "colours.bmp", "lossy.webp"])
            _folder.Write("pictures/" + name, GoldenPictures.Read(name));
        _folder.Write("photo.heic", [0, 0, 0, 24, .. "ftypheic"u8]);
        var (code, output, error) = await Run("predict", "--model", "model.zip", "--cropped", "pictures", "photo.heic", "--csv");
        Assert.Equal(ExitCode.Failed, code);
        string[] rows = output.TrimEnd('\n').Split('\n');
        Assert.StartsWith("pictures/animated.gif,1,1,0,0,40,36,,", rows[1]);
        Assert.StartsWith("pictures/colours.bmp,1,1,0,0,40,36,,", rows[2]);
        Assert.StartsWith("pictures/lossy.webp,1,1,0,0,40,36,,", rows[3]);
        Assert.Contains("photo.heic: a HEIC picture, which is not read; save it as JPEG or PNG.", error);
    }

    [Fact]
    public async Task A_gif_is_its_first_frame_unless_a_videos_option_is_given()
    {
        _folder.Write("a.gif", GoldenPictures.Read("animated.gif"));
        var (code, output, error) = await Run("predict", "--model", "model.zip", "--cropped", "a.gif", "--csv");
        Assert.True(code == ExitCode.Done, error);
        Assert.StartsWith("a.gif,1,1,0,0,40,36,,", output.Split('\n')[1]);
        Assert.SkipUnless(File.Exists("/usr/bin/ffmpeg"), "ffmpeg is not installed (/usr/bin/ffmpeg).");
        (code, output, error) = await Run("predict", "--model", "model.zip", "--cropped", "a.gif", "--csv", "--fps", "10");
        Assert.True(code == ExitCode.Done, error);
        Assert.StartsWith("seconds,", output);
    }

    [Fact]
    public async Task A_picture_without_a_face_is_an_answer_and_how_to_name_a_cropped_one_is_said()
    {
        Picture("a.png", 100, 80);
        var (code, output, error) = await Run("predict", "--model", "model.zip", "a.png", "--json-lines");
        Assert.Equal(ExitCode.Done, code);
        Assert.Empty(JsonDocument.Parse(output).RootElement.GetProperty("faces").EnumerateArray());
        Assert.Contains("--cropped", error);
        (_, output, error) = await Run("predict", "--model", "model.zip", "a.png", "--json-lines", "--cropped");
        Assert.Single(JsonDocument.Parse(output).RootElement.GetProperty("faces").EnumerateArray());
        Assert.Empty(error);
    }

    [Fact]
    public async Task A_photo_gives_its_faces_and_a_picture_without_one_is_an_answer()
    {
        Assert.SkipUnless(SamplePhotographs.Missing is null, SamplePhotographs.Missing ?? "");
        PngEncoder.Save(new RgbImage(200, 150, new byte[3 * 200 * 150]), _folder.File("empty.png"));
        var (code, output, error) = await Run("predict", "--model", "model.zip", SamplePhotographs.File1To6(6), "empty.png",
            "--json-lines", "--annotate", "boxes");
        Assert.True(code == ExitCode.Done, error);
        var lines = output.TrimEnd('\n').Split('\n').Select(l => JsonDocument.Parse(l).RootElement).ToArray();
        Assert.InRange(lines[0].GetProperty("faces").GetArrayLength(), 4, 5);
        Assert.InRange(lines[0].GetProperty("faces")[0].GetProperty("score").GetDouble(), 0.6, 1);
        Assert.Equal(0, lines[1].GetProperty("faces").GetArrayLength());
        Assert.Equal((1920, 1537), Size("boxes/sample6.jpg.png"));
    }

    [Fact]
    public async Task A_video_gives_a_timeline_a_report_and_a_copy()
    {
        Assert.SkipUnless(TestVideo.Missing is null, TestVideo.Missing ?? "");
        TestVideo.Make("-f", "lavfi", "-i", "testsrc=size=96x64:rate=10:duration=2", _folder.File("a.mp4"));
        var (code, output, error) = await Run("predict", "--model", "model.zip", "--cropped", "a.mp4", "--csv", "--report", "a.html",
            "--annotate", "b.mp4");
        Assert.True(code == ExitCode.Done, error);
        string[] rows = output.TrimEnd('\n').Split('\n');
        Assert.Equal(21, rows.Length);
        Assert.StartsWith("seconds,face,x,y,width,height,score,emotion,confidence,", rows[0]);
        Assert.StartsWith("1.9,1,0,0,96,64,", rows[20]);
        Assert.Contains("<svg", File.ReadAllText(_folder.File("a.html")));
        Assert.True(new FileInfo(_folder.File("b.mp4")).Length > 1000);
        (code, output, _) = await Run("predict", "--model", "model.zip", "--cropped", "a.mp4", "--fps", "5");
        Assert.Equal(ExitCode.Done, code);
        Assert.Contains("10 frames looked at, 1 face", output);
    }

    [Fact]
    public async Task Videos_and_pictures_of_a_folder_share_a_table_whatever_their_names()
    {
        Assert.SkipUnless(TestVideo.Missing is null, TestVideo.Missing ?? "");
        Picture("in/a.png", 50, 40);
        TestVideo.Make("-f", "lavfi", "-i", "testsrc=size=96x64:rate=10:duration=0.3", "-f", "mp4", _folder.File("in/film"));
        File.Copy(_folder.File("in/film"), _folder.File("other.3gp"));
        _folder.Write("in/notes.txt", "nothing to see");
        _folder.Write("in/broken.mp4", "no video");
        var (code, output, error) = await Run("predict", "--model", "model.zip", "--cropped", "in", "other.3gp", "--csv",
            "--annotate", "boxes", "--report", "reports");
        Assert.Equal(ExitCode.Failed, code);
        string[] rows = output.TrimEnd('\n').Split('\n');
        Assert.StartsWith("file,seconds,faces,face,x,y,width,height,score,emotion,confidence,", rows[0]);
        Assert.StartsWith("in/a.png,,1,1,0,0,50,40,", rows[1]);
        Assert.StartsWith("in/broken.mp4,,,,,", rows[2]);
        Assert.Equal(["in/film,0,1,1,", "in/film,0.1,1,1,", "in/film,0.2,1,1,"], rows[3..6].Select(row => row[..row.IndexOf("0,0,96,64")]));
        Assert.StartsWith("other.3gp,0,1,1,", rows[6]);
        Assert.Contains("in: 1 passed over. Not JPEG, PNG, WebP, GIF or BMP or a video: 1 .txt.", error);
        Assert.Contains("in/broken.mp4: ffmpeg cannot read it as a video", error);
        Assert.Contains("3 files done, 1 could not be read.", error);
        foreach (string name in (string[])["boxes/a.png.png", "boxes/film.mp4", "boxes/other.3gp.mp4", "reports/film.html"])
            Assert.True(File.Exists(_folder.File(name)), name);
        (code, _, error) = await Run("predict", "--model", "model.zip", "--cropped", "in", "other.3gp", "--report", "one.html");
        Assert.Equal(ExitCode.WrongUsage, code);
        Assert.Contains("--report FOLDER", error);
    }

    [Fact]
    public async Task A_film_that_is_cut_off_is_answered_as_far_as_it_goes_and_fails()
    {
        Assert.SkipUnless(TestVideo.Missing is null, TestVideo.Missing ?? "");
        TestVideo.Make("-f", "lavfi", "-i", "testsrc=size=96x64:rate=10:duration=9", "-g", "10", _folder.File("whole.mkv"));
        byte[] bytes = File.ReadAllBytes(_folder.File("whole.mkv"));
        _folder.Write("cut.mkv", bytes[..(bytes.Length / 2)]);
        var (code, output, error) = await Run("predict", "--model", "model.zip", "--cropped", "cut.mkv", "--fps", "2");
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("1 face", output);
        Assert.Matches("cut.mkv: only the first [0-9.]+ of 9.0 seconds could be read", error);
    }

    [Fact]
    public async Task A_picture_comes_through_standard_input()
    {
        Picture("a.png", 48, 48);
        var (_, expected, _) = await Run("predict", "--model", "model.zip", "a.png");
        // A pipe cannot seek.
        using var pipe = new System.IO.Pipes.AnonymousPipeServerStream(System.IO.Pipes.PipeDirection.Out);
        using var end = new System.IO.Pipes.AnonymousPipeClientStream(System.IO.Pipes.PipeDirection.In, pipe.ClientSafePipeHandle);
        var writing = Task.Run(() =>
        {
            pipe.Write(File.ReadAllBytes(_folder.File("a.png")));
            pipe.Dispose();
        }, TestContext.Current.CancellationToken);
        _input = end;
        var (code, output, error) = await Run("predict", "--model", "model.zip", "-");
        await writing;
        Assert.True(code == ExitCode.Done, error);
        Assert.Equal(expected.Replace("a.png", "standard input"), output);
        _input = new MemoryStream([0, 0, 0, 24, .. "ftypisom"u8, 0, 0, 0, 0]);
        (code, _, error) = await Run("predict", "--model", "model.zip", "-");
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("standard input: a video, which cannot be read from a pipe", error);
        _input = Stream.Null;
        (_, _, error) = await Run("predict", "--model", "model.zip", "-");
        Assert.Contains("standard input: the file is empty", error);
    }

    [Theory]
    [InlineData("--json-lines --csv", "Choose one")]
    [InlineData("--report r.html", "for videos")]
    [InlineData("--fps 5", "for videos")]
    public async Task Options_that_do_not_go_together_are_told(string options, string expected)
    {
        Picture("a.png", 48, 48);
        var (code, _, error) = await Run(["predict", "--model", "model.zip", "a.png", .. options.Split(' ')]);
        Assert.Equal(ExitCode.WrongUsage, code);
        Assert.Contains(expected, error);
    }

    private (int Width, int Height) Size(string name) => ImageDecoder.ReadSize(File.ReadAllBytes(_folder.File(name)), name);

    private RgbImage Picture(string name, int width, int height)
    {
        var image = FaceSquareTests.Noise(width, height);
        PngEncoder.Save(image, _folder.File(name));
        return image;
    }

    private async Task<(int Code, string Output, string Error)> Run(params string[] arguments)
    {
        var output = new StringWriter { NewLine = "\n" };
        var error = new StringWriter { NewLine = "\n" };
        var host = new CommandHost(output, error) { CurrentFolder = _folder.Path, Input = _input };
        int code = await CommandLineProgram.RunAsync(arguments, host, Program.Commands, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}
