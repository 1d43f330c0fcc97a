using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace Qubes.Tools.Policy.Prompt;

/// <summary>What was typed before it could be an answer.</summary>
internal static partial class TypedAhead
{
    private const int StandardInput = 0;
    private const int ReceivedAndNotRead = 0;

    /// <summary>Drops the lines that have arrived, and what a terminal holds of the next one.</summary>
    public static void Discard(ChannelReader<string> lines)
    {
        // Fails where standard input is no terminal, which holds nothing then.
        _ = Flush(StandardInput, ReceivedAndNotRead);
        while (lines.TryRead(out _))
        {
        }
    }

    [LibraryImport("libc", EntryPoint = "tcflush")]
    private static partial int Flush(int descriptor, int queue);
}
