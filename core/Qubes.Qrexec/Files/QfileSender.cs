using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Qubes.Qrexec.Files;

/// <summary>
/// Sends files and trees as a qfile stream (spec: protocol, section 10):
/// <code>
/// stream = *entry END       entry = header name NUL ( content | target | nothing )
/// </code>
/// An answer that comes before the end stops it.
/// </summary>
/// <param name="sink">Where the stream goes.</param>
/// <param name="answer">The receiver's answer, being read.</param>
/// <param name="onSkipped">Told, in words, what was passed over: pipes, sockets, devices.</param>
public sealed class QfileSender(Stream sink, Task<QfileAnswer> answer, Action<string> onSkipped)
{
    private const int ChunkSize = 64 * 1024;

    private readonly byte[] chunk = new byte[ChunkSize];
    private readonly Crc32 crc = new();

    /// <summary>Bytes sent so far.</summary>
    public long Bytes { get; private set; }

    /// <summary>What was sent so far.</summary>
    public SentFiles Sent { get; } = new();

    /// <summary>Called now and then with the bytes sent so far.</summary>
    public Action<long>? OnProgress { get; init; }

    /// <summary>
    /// Sends a file, or a directory with all that is in it, under its own name. A link is followed if it is what the path names,
    /// since the receiver takes none there; links below are sent as links.
    /// </summary>
    /// <exception cref="QfileException">The receiver stopped it.</exception>
    /// <exception cref="IOException">A file cannot be read, or changed meanwhile.</exception>
    public Task SendAsync(string path, CancellationToken cancellation)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        var name = Path.GetFileName(full);
        return name.Length > 0
            ? SendAsync(full, name, follow: true, cancellation)
            : throw new QfileException($"'{path}' has no name to copy it under");
    }

    /// <summary>Ends the stream and waits for the answer.</summary>
    /// <exception cref="QfileException">Not everything arrived as it was sent.</exception>
    public async Task FinishAsync(CancellationToken cancellation)
    {
        var end = new byte[QfileHeader.Size];
        QfileHeader.End.Write(end);
        // The answer to all of it may be there before we know that the last bytes are written: then it is no early one.
        if (await TryWriteAsync(end, cancellation))
            await FlushAsync(cancellation);
        var last = await AnswerAsync(cancellation);
        if (last.Error != QfileError.None)
            throw Refusal(last);
        if (last.Crc != crc.Value)
            throw new QfileException("the receiver got something else than what was sent");
    }

    private async Task SendAsync(string path, string name, bool follow, CancellationToken cancellation)
    {
        var status = FileStatus.Of(path, follow);
        switch (status.Header(0, false).Type)
        {
            case QfileType.Directory:
                await SendDirectoryAsync(path, name, follow, cancellation);
                break;
            case QfileType.Regular:
                await SendFileAsync(path, name, follow, cancellation);
                break;
            case QfileType.Link:
                await SendLinkAsync(path, name, status, cancellation);
                break;
            default:
                onSkipped($"{path} is no file, directory or link; it is passed over");
                break;
        }
    }

    private async Task SendDirectoryAsync(string path, string name, bool follow, CancellationToken cancellation)
    {
        var header = FileStatus.Of(path, follow).Header(0, isDirectory: true);
        await SendHeaderAsync(header, name, cancellation);
        foreach (var child in Directory.EnumerateFileSystemEntries(path, "*", Everything).Order(StringComparer.Ordinal))
            await SendAsync(child, $"{name}/{Path.GetFileName(child)}", follow: false, cancellation);
        await SendHeaderAsync(header, name, cancellation);
        Sent.Add(path, isDirectory: true);
    }

    private async Task SendFileAsync(string path, string name, bool follow, CancellationToken cancellation)
    {
        using var file = FileStatus.Open(path, follow);
        var status = FileStatus.Of(file);
        await SendHeaderAsync(status.Header(0, isDirectory: false), name, cancellation);
        await SendContentAsync(file, path, status.Length, cancellation);
        Sent.Add(path, isDirectory: false);
    }

    private async Task SendContentAsync(SafeFileHandle file, string path, long length, CancellationToken cancellation)
    {
        for (long done = 0; done < length;)
        {
            var count = RandomAccess.Read(file, chunk.AsSpan(0, (int)Math.Min(ChunkSize, length - done)), done);
            if (count == 0)
                throw new QfileException($"{path} became shorter while it was sent");
            await WriteAsync(chunk.AsMemory(0, count), cancellation);
            done += count;
        }
    }

    private async Task SendLinkAsync(string path, string name, FileStatus status, CancellationToken cancellation)
    {
        var target = Encoding.UTF8.GetBytes(new FileInfo(path).LinkTarget ?? throw new QfileException($"{path} is a link no longer"));
        await SendHeaderAsync((status with { Length = target.Length }).Header(0, isDirectory: false), name, cancellation);
        await WriteAsync(target, cancellation);
        Sent.Add(path, isDirectory: false);
    }

    private static EnumerationOptions Everything => new()
    {
        AttributesToSkip = FileAttributes.None,
        IgnoreInaccessible = false,
        MatchType = MatchType.Simple,
        ReturnSpecialDirectories = false,
    };

    // Upstream sends and counts a final NUL.
    private async Task SendHeaderAsync(QfileHeader header, string name, CancellationToken cancellation)
    {
        var bytes = new byte[QfileHeader.Size + Encoding.UTF8.GetByteCount(name) + 1];
        var length = bytes.Length - QfileHeader.Size;
        if (length > QfileHeader.LongestName)
            throw new QfileException($"{name[..60]}... is too long a path: {QfileHeader.LongestName - 1} bytes are the most");
        (header with { NameLength = (uint)length }).Write(bytes);
        Encoding.UTF8.GetBytes(name, bytes.AsSpan(QfileHeader.Size));
        await WriteAsync(bytes, cancellation);
    }

    private async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        if (!await TryWriteAsync(bytes, cancellation))
            throw Refusal(await AnswerAsync(cancellation));
        Bytes += bytes.Length;
        OnProgress?.Invoke(Bytes);
    }

    // False: there is an answer. A receiver that has answered may have stopped reading: a write could then wait for ever.
    private async Task<bool> TryWriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        crc.Append(bytes.Span);
        if (answer.IsCompleted)
            return false;
        try
        {
            var writing = sink.WriteAsync(bytes, cancellation).AsTask();
            if (await Task.WhenAny(writing, answer) == answer)
                return false;
            await writing;
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private async Task FlushAsync(CancellationToken cancellation)
    {
        try
        {
            await sink.FlushAsync(cancellation);
        }
        catch (IOException)
        {
            throw Refusal(await AnswerAsync(cancellation));
        }
    }

    private async Task<QfileAnswer> AnswerAsync(CancellationToken cancellation)
    {
        try
        {
            return await answer.WaitAsync(cancellation);
        }
        catch (Exception e) when (e is EndOfStreamException or InvalidDataException)
        {
            throw new QfileException("the receiver gave no answer, or none that is one: nobody knows what arrived");
        }
    }

    private static QfileException Refusal(QfileAnswer answer)
    {
        var about = answer.LastName is { Length: > 0 } name ? $" at '{Encoding.UTF8.GetString(name).TrimEnd('\0')}'" : "";
        return new QfileException($"the receiver stopped{about}: {QfileError.Describe(answer.Error)}");
    }
}
