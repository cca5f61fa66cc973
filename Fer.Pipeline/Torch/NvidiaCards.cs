using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Fer.Pipeline.Torch;

/// <summary>What the driver says of the cards, which TorchSharp does not.</summary>
internal static class NvidiaCards
{
    /// <summary>The first generation that computes in bfloat16: Ampere.</summary>
    private const double Ampere = 8;

    /// <summary>True where a card computes in bfloat16 as fast as it should; false where the driver does not tell.</summary>
    internal static bool HaveBFloat16(int index)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("nvidia-smi",
                ["--query-gpu=compute_cap", "--format=csv,noheader", "-i", index.ToString(CultureInfo.InvariantCulture)])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            });
            if (process is null) return false;
            string answer = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 && IsBFloat16(answer);
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>True for a compute capability such as <c>9.0</c> that has bfloat16.</summary>
    internal static bool IsBFloat16(string capability) =>
        double.TryParse(capability.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out double version) && version >= Ampere;
}
