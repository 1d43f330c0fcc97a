using System.Diagnostics;
using Qubes.GuestTools.Commands;

namespace Qubes.GuestTools.Tests.Bench;

/// <summary>Runs commands in this process, in a directory of their own; what would replace the process is noted down instead.</summary>
internal sealed class ToolBench : IDisposable
{
    /// <summary>Upper bound of everything that is waited for.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string root = Directory.CreateTempSubdirectory("qubes-guest-tools-").FullName;

    public ToolBench()
    {
        Directory.CreateDirectory(Path.Combine(root, "home"));
        Variables["HOME"] = Home;
        Variables["PATH"] = "/usr/bin:/bin";
        Variables["QREXEC_REMOTE_DOMAIN"] = "work";
        Variables["QUBES_LIBEXEC"] = Path.Combine(root, "libexec");
    }

    public Dictionary<string, string?> Variables { get; } = [];

    public string Home => Path.Combine(root, "home");

    /// <summary>Where files from the qube <c>work</c> arrive.</summary>
    public string Incoming => Path.Combine(Home, "QubesIncoming/work");

    /// <summary>Command line of the program that the command became, if it did.</summary>
    public IReadOnlyList<string>? Became { get; private set; }

    /// <summary>Descriptors that were made to lead nowhere.</summary>
    public List<int> Silenced { get; } = [];

    public bool ErrorIsTerminal { get; set; }

    public string PathOf(string name) => Path.Combine(root, name);

    public string Write(string name, string text, bool executable = false)
    {
        var path = PathOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        if (executable)
            File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        return path;
    }

    /// <summary>A stand-in for a program in <c>/usr/lib/qubes</c>.</summary>
    public void WriteProgram(string name, string script) => Write("libexec/" + name, "#!/bin/sh\n" + script, executable: true);

    public Task<ToolResult> RunAsync(string name, params string[] arguments) => RunAsync(name, [], arguments);

    public async Task<ToolResult> RunAsync(string name, byte[] input, params string[] arguments)
    {
        using var output = new MemoryStream();
        return await RunAsync(name, new MemoryStream(input), output, arguments);
    }

    public async Task<ToolResult> RunAsync(string name, Stream input, Stream output, params string[] arguments)
    {
        var errors = new StringWriter();
        var surroundings = new Surroundings
        {
            InputSource = new(input),
            OutputTarget = new(output),
            Error = errors,
            ErrorIsTerminal = ErrorIsTerminal,
            Variable = Variables.GetValueOrDefault,
            Root = root,
            Silence = Silenced.Add,
            Become = words =>
            {
                Became = words;
                return 0;
            },
        };
        var status = await CommandRunner.RunAsync(name, arguments, surroundings, default).WaitAsync(Patience);
        return new ToolResult(status, (output as MemoryStream)?.ToArray() ?? [], errors.ToString());
    }

    public void Dispose()
    {
        // Some tests leave behind what .NET cannot name: paths that are too long, names that are no text.
        using var remover = Process.Start("sh", ["-c", "chmod -R u+rwx \"$0\"; rm -rf \"$0\"", root]);
        remover.WaitForExit(Patience);
    }
}
