using Microsoft.Extensions.Logging.Abstractions;
using Qubes.Kernel.Scripts.Compiling;
using Qubes.Kernel.Scripts.Files;
using Qubes.Kernel.Scripts.Offers;
using Qubes.Kernel.Scripts.Running;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hosting;

namespace Qubes.Simulation.Scripts;

/// <summary>Scripts that have policies: files, and those of the host's directories by their names.</summary>
/// <param name="paths">Where these directories are.</param>
internal sealed class ScriptFiles(QubesPaths paths)
{
    private const int MostBytes = 1 << 20;

    private readonly ScriptFolders folders = new(paths);
    private readonly Dictionary<string, CompiledScript> compiled = new(StringComparer.Ordinal);

    /// <summary>The script that a policy's name means, as a file or as the name of one in a directory of scripts; null: neither, so it is another kind of policy.</summary>
    public string? Find(string policy) =>
        policy.EndsWith(ScriptFolders.Ending, StringComparison.Ordinal) ? Path.GetFullPath(policy)
        : policy.Contains('/', StringComparison.Ordinal) ? null
        : new[] { folders.Administrators, folders.Shipped }.Select(folder => ScriptFolders.PathOf(policy, folder)).FirstOrDefault(File.Exists);

    /// <summary>Has a script run in a simulation, from its beginning.</summary>
    /// <exception cref="QubesException">It cannot be read or compiled, fails, or has not one policy.</exception>
    public ScriptedPolicy Start(string path, IKernelLoop loop, IQubes qubes)
    {
        // Its budgets are of real time: how long it thinks is no part of what is simulated.
        // And what it has seen may always have changed: nobody counts.
        long looks = 0;
        var around = new ScriptSurroundings(loop, () => ++looks, qubes, TimeProvider.System, NullLoggerFactory.Instance, new ScriptBudgets());
        var name = Path.GetFileNameWithoutExtension(path);
        // The script has a thread of its own, and the simulation stands still meanwhile.
        var run = ScriptRun.StartAsync(name, Code(path), around).GetAwaiter().GetResult();
        var policies = run.Offers.OfType<PolicyOffer>().ToList();
        return (policies.Find(p => p.Name == name) ?? (policies.Count == 1 ? policies[0] : null)) is { } policy
            ? new ScriptedPolicy(run, policy)
            : throw new QubesException($"{path} has {policies.Count} policies; one is expected, or one that is called {name}");
    }

    private CompiledScript Code(string path)
    {
        if (compiled.TryGetValue(path, out var known))
            return known;
        var reader = new ScriptReader(folders, ScriptTrust.ForThisProcess());
        return compiled[path] = new ScriptCompiler(reader).Compile(reader.Around(path, Text(path)), CancellationToken.None);
    }

    private static string Text(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read);
        var bytes = new byte[MostBytes + 1];
        var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return length > MostBytes
            ? throw new QubesException($"{path} has more than {MostBytes} bytes")
            : System.Text.Encoding.UTF8.GetString(bytes, 0, length);
    }
}
