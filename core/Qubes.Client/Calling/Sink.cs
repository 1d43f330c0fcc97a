using System.Buffers;
using Qubes.Client.Native;

namespace Qubes.Client.Calling;

/// <summary>
/// A local end that takes what the service says, and never makes the call wait while something else can go on. How its descriptor
/// was opened is the concern of those it is shared with, so other ways are found than changing that.
/// </summary>
internal sealed class Sink
{
    /// <summary>What fits into a pipe that is not full.</summary>
    private const int AtomicWrite = 4096;

    // printable ASCII, tab, line feed, carriage return, backspace, bell
    private static readonly SearchValues<byte> Harmless =
        SearchValues.Create([.. Enumerable.Range(0x20, 0x5f).Select(c => (byte)c), 7, 8, 9, 10, 13]);

    private readonly bool isFiltered;
    private readonly bool isSocket;
    private readonly bool mayBlock;
    private readonly int mostAtOnce = int.MaxValue;
    private readonly int given;

    /// <summary>A sink.</summary>
    /// <param name="descriptor">Where it leads.</param>
    /// <param name="isFiltered">Whether characters that could control a terminal are replaced.</param>
    public Sink(int descriptor, bool isFiltered)
    {
        (Descriptor, given, this.isFiltered) = (descriptor, descriptor, isFiltered);
        var type = Libc.FileType(descriptor);
        isSocket = type == Libc.SocketFile;
        mayBlock = !isSocket;
        if (type != Libc.FifoFile)
            return;
        // The same pipe, opened once more, has a mode of its own.
        var ours = Descriptors.TryOpen($"/proc/self/fd/{descriptor}", Descriptors.WriteOnly | Descriptors.NonBlocking);
        if (ours < 0)
            mostAtOnce = AtomicWrite;
        else
            (Descriptor, mayBlock) = (ours, false);
    }

    /// <summary>The descriptor to write to; -1 once it is closed.</summary>
    public int Descriptor { get; private set; }

    /// <summary>Nobody will read what is written.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Writes what it takes now; what nobody will read counts as taken.</summary>
    public int Write(Span<byte> data)
    {
        if (isFiltered)
            Filter(data);
        for (var written = 0; ;)
        {
            if (Descriptor < 0 || IsBroken || written == data.Length)
                return data.Length;
            var rest = data[written..];
            if (mayBlock && !HasRoom())
                return IsBroken ? data.Length : written;
            var count = isSocket ? Libc.SendNow(Descriptor, rest) : Descriptors.Write(Descriptor, rest[..Math.Min(rest.Length, mostAtOnce)]);
            if (count >= 0)
                written += count;
            else if (Libc.WasTransient)
                return written;
            else
                IsBroken = true;
        }
    }

    /// <summary>Notes that nobody is there to read.</summary>
    public void Break() => IsBroken = true;

    /// <summary>Tells the reader that nothing more comes.</summary>
    public void Close()
    {
        if (Descriptor < 0)
            return;
        // A socket may be the input as well.
        if (isSocket)
            Libc.ShutdownWriting(Descriptor);
        else
            Descriptors.Close(given);
        if (Descriptor != given)
            Descriptors.Close(Descriptor);
        Descriptor = -1;
    }

    private bool HasRoom()
    {
        Span<PollEntry> entry = [new PollEntry(Descriptor, PollEntry.Out)];
        Libc.Poll(entry, 0);
        IsBroken = entry[0].IsBroken;
        return !IsBroken && (entry[0].Happened & PollEntry.Out) != 0;
    }

    private static void Filter(Span<byte> data)
    {
        for (var next = 0; data[next..].IndexOfAnyExcept(Harmless) is >= 0 and var found; next += found + 1)
            data[next + found] = (byte)'_';
    }
}
