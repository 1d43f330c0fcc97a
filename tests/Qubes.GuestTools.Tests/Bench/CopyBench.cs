using System.IO.Pipelines;

namespace Qubes.GuestTools.Tests.Bench;

/// <summary>A sender and a receiver of files, connected as a call would connect them.</summary>
internal static class CopyBench
{
    /// <summary>Runs <c>qfile-agent</c> in one bench and <c>qfile-unpacker</c> in another.</summary>
    public static async Task<(ToolResult Sender, ToolResult Receiver)> RunAsync(
        ToolBench from, ToolBench to, string[] senderArguments, params string[] receiverArguments)
    {
        var (there, back) = (new Pipe(), new Pipe());
        var sending = Task.Run(async () =>
        {
            await using var output = there.Writer.AsStream();
            return await from.RunAsync("qfile-agent", back.Reader.AsStream(), output, senderArguments);
        });
        var receiving = Task.Run(async () =>
        {
            await using var output = back.Writer.AsStream();
            // As with a real pipe, whoever still writes when the reader is gone is told so.
            await using var input = there.Reader.AsStream();
            return await to.RunAsync("qfile-unpacker", input, output, receiverArguments);
        });
        return (await sending.WaitAsync(ToolBench.Patience), await receiving.WaitAsync(ToolBench.Patience));
    }
}
