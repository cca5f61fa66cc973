using Fer.Pipeline.Reports;

namespace Fer.Tests.Reports;

public class EmotionTimelineTests
{
    private static readonly string[] Names = ["happy", "sad"];

    [Fact]
    public void Steps_hold_the_means_of_their_frames()
    {
        var timeline = new EmotionTimeline(Names);
        timeline.AddFrame(0, [(1, [1f, 0f])]);
        timeline.AddFrame(0.05, [(1, [0.5f, 0.5f]), (2, [0f, 1f])]);
        timeline.AddFrame(0.25, [(1, [0.25f, 0.75f])]);
        var face = timeline.Faces.First();
        Assert.Equal([0.75, double.NaN, 0.25], face.Steps(0).Take(3));
        Assert.Equal([1.75 / 3, 1.25 / 3], face.Means);
        Assert.Equal([2.0 / 3, 1.0 / 3], face.Shares);
        Assert.Equal((0, 0.25, 3L), (face.First, face.Last, face.Frames));
        Assert.Equal(2, timeline.FacesSeen);
    }

    [Fact]
    public void A_long_video_takes_no_more_memory_and_keeps_its_means()
    {
        var timeline = new EmotionTimeline(Names);
        const int frames = 200_000;
        for (int i = 0; i < frames; i++) timeline.AddFrame(i * 0.1, [(1, [i < frames / 2 ? 1f : 0f, i < frames / 2 ? 0f : 1f])]);
        Assert.True(timeline.Seconds / timeline.Step < 400);
        var steps = timeline.Faces.Single().Steps(0).Where(double.IsFinite).ToArray();
        Assert.Equal(0.5, timeline.Faces.Single().Means.First(), 1e-9);
        Assert.All(steps.Take(steps.Length / 2 - 1), v => Assert.Equal(1, v));
        Assert.All(steps.Skip(steps.Length / 2 + 1), v => Assert.Equal(0, v));
    }

    [Fact]
    public void Faces_seen_briefly_are_dropped_first()
    {
        var timeline = new EmotionTimeline(Names);
        for (int i = 0; i < 500; i++) timeline.AddFrame(i * 0.1, [(1, [1f, 0f]), (i + 2, [0f, 1f])]);
        Assert.Contains(timeline.Faces, f => f.Id == 1 && f.Frames == 500);
        Assert.InRange(timeline.Faces.Count(), 2, 40);
        Assert.Equal(501, timeline.FacesSeen);
    }

    [Fact]
    public void Frames_further_apart_than_steps_make_one_line_and_a_long_absence_two()
    {
        var timeline = new EmotionTimeline(["happy"]);
        for (int i = 0; i < 60; i++) timeline.AddFrame(i * 0.3, i is > 20 and < 40 ? [] : [(1, [1f])]);
        string html = VideoReport.ToHtml("film.mp4", timeline);
        string path = System.Text.RegularExpressions.Regex.Match(html, "<path d=\"(M[^\"]*L[^\"]*)\"").Groups[1].Value;
        Assert.Equal(2, path.Count(c => c == 'M'));
        Assert.Equal(39, path.Count(c => c == 'L'));
    }

    [Fact]
    public void The_report_shows_each_face()
    {
        var timeline = new EmotionTimeline(Names);
        for (int i = 0; i < 30; i++) timeline.AddFrame(i * 0.1, [(1, [i / 30f, 1 - i / 30f]), (2, [0.5f, 0.5f])]);
        string html = VideoReport.ToHtml("<film>.mp4", timeline);
        System.Xml.Linq.XDocument.Parse(html.Replace("<!DOCTYPE html>", ""));
        Assert.Contains("Emotions in &lt;film>.mp4".Replace(">", "&gt;"), html.Replace("&lt;film>", "&lt;film&gt;"));
        Assert.Contains("Face 2", html);
        Assert.Equal(2, html.Split("<svg").Length - 1);
    }
}
