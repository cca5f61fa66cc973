using System.Runtime.InteropServices;
using TorchSharp;

namespace Fer.Pipeline.Torch;

/// <summary>Loads libtorch, which is no part of this program, and says what to add where it is not there.</summary>
internal static partial class TorchLibrary
{
    /// <summary>The libtorch that this TorchSharp is made for.</summary>
    private const string Version = "2.10.0";

    /// <summary>In the order in which they need each other.</summary>
    private static readonly string[] Files = ["c10", "torch_cpu", "c10_cuda", "torch_cuda", "torch"];

    private static readonly Lock Gate = new();
    private static readonly HashSet<DeviceType> Loaded = [];

    /// <summary>Loads what a kind of device needs, once.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="folder">The folder of libtorch's files, or null for where packages put them.</param>
    /// <exception cref="FerException">It is not there, or this machine's system is too old for it.</exception>
    internal static void Load(DeviceType kind, string? folder)
    {
        lock (Gate)
        {
            if (folder is not null) Check(folder, kind);
            if (Loaded.Contains(kind)) return;
            try
            {
                LoadFiles(kind, folder);
                Quieten();
                torch.InitializeDeviceType(kind);
                using var probe = torch.zeros(1);
            }
            catch (Exception e) when (e is not FerException)
            {
                throw Failure(kind, folder, e);
            }
            Loaded.Add(kind);
        }
    }

    // By itself TorchSharp would look for packages of other programs, copy them beside this one and tell the terminal of it.
    private static void LoadFiles(DeviceType kind, string? folder)
    {
        var program = typeof(torch).Assembly;
        if (folder is null) NativeLibrary.Load(FileName(kind == DeviceType.CUDA ? "torch_cuda" : "torch_cpu"), program, null);
        else foreach (string path in Files.Select(name => Path.Combine(folder, FileName(name))).Where(File.Exists))
            NativeLibrary.Load(path);
        NativeLibrary.Load("LibTorchSharp", program, null);
    }

    /// <summary>
    /// Leaves libtorch's errors and takes its warnings, which it writes into the terminal by itself, one for each convolution where a
    /// processor lacks an instruction. What .NET sets in the environment, native code does not see, and a level is read when asked to.
    /// </summary>
    private static unsafe void Quieten()
    {
        const string level = "TORCH_CPP_LOG_LEVEL";
        if (OperatingSystem.IsWindows() || Environment.GetEnvironmentVariable(level) is not null) return;
        if (!NativeLibrary.TryLoad(FileName("c10"), out nint core)
            || !NativeLibrary.TryGetExport(core, "_ZN3c1011initLoggingEv", out nint initLogging)) return;
        _ = SetEnvironment(level, "ERROR", 0);
        ((delegate* unmanaged<void>)initLogging)();
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);

    private static void Check(string folder, DeviceType kind)
    {
        if (!Directory.Exists(folder))
            throw new FerException($"{folder}: there is no such folder. Give the one that holds {FileName("torch_cpu")}.");
        string first = Path.Combine(folder, FileName("torch_cpu"));
        if (!File.Exists(first)) throw new FerException($"{folder}: no {FileName("torch_cpu")} in it. Give libtorch's folder 'lib'.");
        if (kind == DeviceType.CUDA && !File.Exists(Path.Combine(folder, FileName("torch_cuda"))))
        {
            throw new FerException(
                $"{folder}: a libtorch for processors alone, without {FileName("torch_cuda")}. Give one for CUDA, {Version}.");
        }
    }

    private static FerException Failure(DeviceType kind, string? folder, Exception fault)
    {
        string all = string.Join(' ', Chain(fault).Select(e => e.Message));
        if (all.Contains("GLIBCXX", StringComparison.Ordinal))
            return new FerException("libtorch does not load: it needs libstdc++ of GCC 13 or later, as Debian 13 and Ubuntu 24.04 " +
                "have it and this system has not. Train on a newer system, or in a container of one.", fault);
        string package = kind != DeviceType.CUDA ? "libtorch-cpu"
            : OperatingSystem.IsWindows() ? "libtorch-cuda-12.8-win-x64" : "libtorch-cuda-12.8-linux-x64";
        string driver = kind == DeviceType.CUDA ? " 'nvidia-smi' has to list the card, and a driver for CUDA 12.8 or later." : "";
        string where = folder is null
            ? $"Add the package {package} {Version} beside Fer.Pipeline.Torch, or give the folder of its files by --torch-lib"
            : $"Check that {folder} holds libtorch {Version} for this system";
        return new FerException($"libtorch does not load, which '{Name(kind)}' needs and which is no part of FerMl: " +
            $"{FirstSentence(fault)} {where}.{driver}", fault);
    }

    private static string Name(DeviceType kind) => kind switch { DeviceType.CPU => "torch-cpu", DeviceType.MPS => "mps", _ => "cuda" };

    private static string FirstSentence(Exception fault)
    {
        string line = Chain(fault).Last().Message.Split('\n')[0].Trim();
        int end = line.IndexOf(". ", StringComparison.Ordinal);
        return end > 0 ? line[..(end + 1)] : line.EndsWith('.') ? line : $"{line}.";
    }

    private static IEnumerable<Exception> Chain(Exception? fault)
    {
        for (; fault is not null; fault = fault.InnerException) yield return fault;
    }

    private static string FileName(string name) => OperatingSystem.IsWindows() ? $"{name}.dll"
        : OperatingSystem.IsMacOS() ? $"lib{name}.dylib" : $"lib{name}.so";
}
