using Fer.Pipeline;

namespace Fer.Tests;

public class PatientWriteTests
{
    private static UnwritableException Full() => new("model.zip", new IOException("No space left on device"));

    [Fact]
    public void Where_room_comes_in_time_all_is_written_and_one_warning_said_why_it_took_so_long()
    {
        var told = new List<string>();
        int attempts = 0;
        var waited = PatientWrite.Run(() =>
        {
            if (++attempts < 10) throw Full();
        }, new HastyTime(), told.Add, CancellationToken.None);
        Assert.Equal((10, 9), (attempts, waited.TotalSeconds));
        Assert.Contains("No space left", Assert.Single(told));
    }

    [Fact]
    public void Where_it_never_comes_the_failure_is_the_callers()
    {
        int attempts = 0;
        Assert.Throws<UnwritableException>(() => PatientWrite.Run(() =>
        {
            attempts++;
            throw Full();
        }, new HastyTime(), null, CancellationToken.None));
        Assert.InRange(attempts, 25, 35);
    }

    [Fact]
    public void Who_wants_to_stop_does_not_wait()
    {
        int attempts = 0;
        Assert.Throws<UnwritableException>(() => PatientWrite.Run(() =>
        {
            attempts++;
            throw Full();
        }, TimeProvider.System, null, new CancellationToken(canceled: true)));
        Assert.Equal(1, attempts);
    }
}
