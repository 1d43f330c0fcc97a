using Qubes.GuestTools.Commands;
using Qubes.GuestTools.Native;
using Qubes.Qrexec.Files;

namespace Qubes.GuestTools.Unpacking;

/// <summary>
/// <c>qfile-unpacker [allow-all-names]</c>: the service <c>qubes.Filecopy</c>. Files go to <c>~/QubesIncoming/SOURCE</c>.
/// </summary>
internal sealed class ReceiveFiles : ICommand
{
    public string Name => "qfile-unpacker";

    public string Usage => "[allow-all-names] (a qfile stream on standard input)";

    public Task<int> RunAsync(IReadOnlyList<string> arguments, Surroundings surroundings, CancellationToken cancellation)
    {
        var allNames = arguments switch
        {
            [] or [""] => false,
            ["allow-all-names"] => true,
            _ => throw new UsageException("qubes.Filecopy takes no other argument than allow-all-names"),
        };
        using var tree = IncomingTree.Open(surroundings.Home, surroundings.RemoteQube);
        var answer = new Unpacker(tree, allNames, new UnpackLimits()).Unpack(surroundings.Input);
        Tell(surroundings.Output, answer);
        if (answer.Error == QfileError.None)
            return Task.FromResult(ExitCode.Success);
        // The caller is told by the answer; this is for the log of this qube.
        surroundings.Error.WriteLine($"{Name}: stopped: {QfileError.Describe(answer.Error)}");
        return Task.FromResult(ExitCode.Failure);
    }

    private static void Tell(Stream output, QfileAnswer answer)
    {
        output.Write(answer.ToBytes());
        output.Flush();
    }
}
