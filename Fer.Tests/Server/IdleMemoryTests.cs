using Fer.Server;
using Fer.Tests.AutoML;

namespace Fer.Tests.Server;

public class IdleMemoryTests
{
    [Fact]
    public void Memory_is_given_back_once_when_there_is_nothing_to_do_any_more()
    {
        var time = new ManualTime();
        int given = 0;
        using var memory = new IdleMemory(() => given++, time);
        time.Advance(100);
        Assert.Equal(0, given);
        memory.Begin();
        memory.Begin();
        memory.End();
        time.Advance(100);
        Assert.Equal(0, given);
        memory.End();
        time.Advance(3);
        memory.Begin();
        time.Advance(100);
        memory.End();
        time.Advance(6);
        Assert.Equal(1, given);
        time.Advance(100);
        Assert.Equal(1, given);
    }
}
