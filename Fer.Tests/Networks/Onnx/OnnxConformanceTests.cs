namespace Fer.Tests.Networks.Onnx;

public class OnnxConformanceTests
{
    public static TheoryData<string> Claimed()
    {
        var data = new TheoryData<string>();
        foreach (string folder in OnnxConformance.Folders)
            if (OnnxConformance.WhyNot(folder) is null) data.Add(folder);
        if (OnnxConformance.Missing is not null) data.Add("none");
        return data;
    }

    [Theory]
    [MemberData(nameof(Claimed))]
    public void A_claimed_case_gives_its_expected_output(string folder)
    {
        Assert.SkipUnless(OnnxConformance.Missing is null, OnnxConformance.Missing ?? "");
        OnnxConformance.Run(folder);
    }
}
