using Microsoft.Win32.SafeHandles;
using Qubes.GuestTools.Native;

namespace Qubes.GuestTools.Commands;

/// <summary>What a command works with. Tests make one with their own streams, variables and directories.</summary>
internal sealed record Surroundings
{
    /// <summary>Where the programs of the qube's side of qrexec are, unless <c>QUBES_LIBEXEC</c> says otherwise.</summary>
    private const string UsualLibexec = "/usr/lib/qubes";

    /// <summary>Opens standard input; only for commands that read it, since it may be closed.</summary>
    public required Lazy<Stream> InputSource { get; init; }

    /// <summary>Opens standard output; only for commands that write to it.</summary>
    public required Lazy<Stream> OutputTarget { get; init; }

    /// <summary>Standard input.</summary>
    public Stream Input => InputSource.Value;

    /// <summary>Standard output.</summary>
    public Stream Output => OutputTarget.Value;

    /// <summary>Standard error; text that another qube sent goes through <see cref="SafeText"/> first.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Whether standard error is a terminal.</summary>
    public bool ErrorIsTerminal { get; init; }

    /// <summary>Environment variables.</summary>
    public required Func<string, string?> Variable { get; init; }

    /// <summary>The root of the file system: <c>/</c>, or a directory in tests.</summary>
    public string Root { get; init; } = "/";

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Becomes another program; returns only if that failed, with an <c>errno</c>.</summary>
    public Func<IReadOnlyList<string>, int> Become { get; init; } = words => Libc.Become(words[0], words);

    /// <summary>Makes one of the three standard descriptors lead nowhere.</summary>
    public Action<int> Silence { get; init; } = Libc.RedirectToNothing;

    public string Home => Variable("HOME") is { Length: > 0 } home ? home : throw new CommandException("HOME is not set");

    /// <summary>The qube whose call this is.</summary>
    public string RemoteQube =>
        Variable("QREXEC_REMOTE_DOMAIN") is { } name && IsQubeName(name)
            ? name
            : throw new CommandException("QREXEC_REMOTE_DOMAIN names no qube; this is a service for the qrexec agent to run");

    /// <summary>A program of the qube's side of qrexec.</summary>
    public string Program(string name) => Path.Combine(Variable("QUBES_LIBEXEC") ?? UsualLibexec, name);

    /// <summary>A file below the root.</summary>
    public string File(string path) => Path.Combine(Root, path);

    public static Surroundings OfProcess() => new()
    {
        // Not the console's streams: these are on duplicates, and closing one would not tell the other end that nothing follows.
        InputSource = new(() => Standard(0, FileAccess.Read)),
        OutputTarget = new(() => Standard(1, FileAccess.Write)),
        Error = Console.Error,
        ErrorIsTerminal = Descriptors.IsTerminal(2),
        Variable = Environment.GetEnvironmentVariable,
    };

    private static FileStream Standard(int descriptor, FileAccess access) =>
        new(new SafeFileHandle(descriptor, ownsHandle: true), access, bufferSize: 0);

    private static bool IsQubeName(string name) =>
        name.Length is > 0 and < 64 && char.IsAsciiLetterOrDigit(name[0])
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
