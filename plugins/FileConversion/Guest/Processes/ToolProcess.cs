using System.Collections.Concurrent;
using System.Diagnostics;

namespace Qubes.Convert.Guest.Processes;

/// <summary>
/// One run of a distribution's tool on the untrusted document: output piped, standard error ours, memory bounded; killed
/// when disposed of.
/// </summary>
internal sealed class ToolProcess : IDisposable
{
    private static readonly ConcurrentDictionary<ToolProcess, bool> _running = new();
    private readonly Process _process;

    private ToolProcess(Process process) => _process = process;

    /// <summary>What it writes to standard output.</summary>
    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>The program's path if it is installed, else null.</summary>
    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary>Starts it in the workspace.</summary>
    /// <param name="addressSpace">Most bytes of memory it may map; 0 for no limit.</param>
    /// <exception cref="ConversionException">It is not installed.</exception>
    public static ToolProcess Start(Workspace workspace, string program, IEnumerable<string> arguments, ulong addressSpace)
    {
        string path = Find(program)
            ?? throw new ConversionException(ConversionStatus.Unspecified, $"{program} is not installed in this template");
        var start = new ProcessStartInfo(path, arguments)
        {
            WorkingDirectory = workspace.Directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment = { ["HOME"] = workspace.Directory, ["LC_ALL"] = "C" },
        };
        var tool = new ToolProcess(Process.Start(start)!);
        _running[tool] = true;
        tool._process.StandardInput.Close();
        if (addressSpace > 0)
            LibC.LimitResource(tool._process.Id, LibC.AddressSpace, new() { Soft = addressSpace, Hard = addressSpace }, 0);
        return tool;
    }

    /// <summary>Runs it to its end, its output thrown away; true if it says it succeeded.</summary>
    public static bool Run(Workspace workspace, string program, IEnumerable<string> arguments, ulong addressSpace)
    {
        using ToolProcess tool = Start(workspace, program, arguments, addressSpace);
        tool.Output.CopyTo(Stream.Null);
        return tool.Succeeded();
    }

    /// <summary>Kills every tool that still runs.</summary>
    public static void KillAll()
    {
        foreach (ToolProcess tool in _running.Keys)
        {
            try
            {
                tool._process.Kill(entireProcessTree: true);
            }
            catch (InvalidOperationException)
            {
                // Its run was over and it was disposed of in this moment.
            }
        }
    }

    /// <summary>Waits for its end; true for exit status 0.</summary>
    public bool Succeeded()
    {
        _process.WaitForExit();
        return _process.ExitCode == 0;
    }

    public void Dispose()
    {
        _running.TryRemove(this, out _);
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }
}
