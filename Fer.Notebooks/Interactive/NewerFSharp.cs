using System.Reflection;
using System.Runtime.Loader;

namespace Fer.Pipeline.Interactive;

/// <summary>
/// The FSharp.Core that Plotly.NET asks for. For packages the kernel takes its own instead, which is older, and finds none; the package
/// brings the newer one along. A build has it beside the assembly, where it is found without this.
/// </summary>
internal static class NewerFSharp
{
    private const string Name = "FSharp.Core";

    internal static void Offer()
    {
        // From lib/net10.0 to the top of the package.
        string folder = Path.GetDirectoryName(typeof(NewerFSharp).Assembly.Location) ?? "";
        string file = Path.GetFullPath(Path.Combine(folder, "..", "..", "interactive-extensions", "fsharp", $"{Name}.dll"));
        if (!File.Exists(file)) return;
        var loaded = new Lazy<Assembly>(() => new AssemblyLoadContext(Name).LoadFromAssemblyPath(file));
        AppDomain.CurrentDomain.AssemblyResolve += (_, asked) => new AssemblyName(asked.Name).Name == Name ? loaded.Value : null;
    }
}
