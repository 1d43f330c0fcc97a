using System.ComponentModel;

namespace Qubes.GuestTools.Commands;

/// <summary>A call that this process hands over to <c>qrexec-client-vm</c> by becoming it: killing one kills the other.</summary>
/// <param name="Target">A qube, or a word such as <c>@dispvm</c>.</param>
/// <param name="Service">With its argument, if it has one.</param>
internal sealed record ClientCall(string Target, string Service)
{
    /// <summary>Of the client, before <c>--</c>.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>The program, of the qube's side of qrexec, that the service is connected to; null for this one's streams.</summary>
    public string? LocalProgram { get; init; }

    /// <summary>What that program is given.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The client's command line.</summary>
    public IReadOnlyList<string> Words(Surroundings surroundings) =>
    [
        surroundings.Program("qrexec-client-vm"), .. Options, "--", Target, Service,
        .. LocalProgram is null ? (string[])[] : [surroundings.Program(LocalProgram)], .. Arguments,
    ];

    /// <summary>Makes the call.</summary>
    /// <exception cref="CommandException">There is no client.</exception>
    public int Make(Surroundings surroundings)
    {
        var words = Words(surroundings);
        var error = surroundings.Become(words);
        // Only a stand-in returns without an error.
        return error == 0
            ? ExitCode.Success
            : throw new CommandException($"cannot run {words[0]}: {new Win32Exception(error).Message}", ExitCode.NotFound);
    }
}
