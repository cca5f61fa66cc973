namespace Fer.Pipeline.Models;

/// <summary>
/// ML.NET hands a network to ONNX Runtime as a temporary file of a random name. One in 32,768 ends in ".ort", which says that the file is
/// of ONNX Runtime's own format; then it is not read. Under the next name it is.
/// </summary>
internal static class RandomlyNamedNetwork
{
    private const int Tries = 3;

    /// <summary>What ONNX Runtime says of a file that is called of its own format and is not.</summary>
    internal const string Refusal = "ORT model verification failed";

    /// <summary>Does what makes ML.NET read a network, again where its file had such a name.</summary>
    internal static T Read<T>(Func<T> read)
    {
        for (int left = Tries; ; left--)
        {
            try
            {
                return read();
            }
            catch (Exception e) when (left > 1 && IsRefused(e))
            {
                // The next name is another.
            }
        }
    }

    private static bool IsRefused(Exception? e)
    {
        for (; e is not null; e = e.InnerException)
            if (e.Message.Contains(Refusal, StringComparison.Ordinal)) return true;
        return false;
    }
}
