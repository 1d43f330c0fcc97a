using Microsoft.Win32.SafeHandles;
using Qubes.GuestTools.Native;
using Qubes.Qrexec.Files;

namespace Qubes.GuestTools.Unpacking;

/// <summary>Takes a qfile stream apart (spec: protocol, section 10). Every byte of it is hostile.</summary>
/// <param name="tree">Where it goes.</param>
/// <param name="allNames">Whether names may have any bytes but NUL and <c>/</c>.</param>
internal sealed class Unpacker(IncomingTree tree, bool allNames, UnpackLimits limits)
{
    private const int ChunkSize = 64 * 1024;

    // Directories that this stream has begun and not ended: only these may be sent again.
    private readonly HashSet<string> begun = new(StringComparer.Ordinal);
    private readonly byte[] chunk = new byte[ChunkSize];
    private long openNames;
    private long entries;
    private long bytes;
    private byte[]? lastName;

    /// <summary>Takes entries until the end or the first one that is refused.</summary>
    /// <returns>What the sender is to be told.</returns>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public QfileAnswer Unpack(Stream source)
    {
        var input = new CheckedInput(source);
        try
        {
            while (TakeEntry(input))
            {
            }

            tree.Sync();
            return new QfileAnswer(QfileError.None, input.Crc, lastName);
        }
        catch (UnpackException refusal)
        {
            return new QfileAnswer(refusal.Error, input.Crc, lastName);
        }
        catch (SystemCallException failure)
        {
            return new QfileAnswer(UnpackException.For(failure).Error, input.Crc, lastName);
        }
    }

    private bool TakeEntry(CheckedInput input)
    {
        Span<byte> fixedPart = stackalloc byte[QfileHeader.Size];
        input.Read(fixedPart, atEnd: QfileError.NoEnd);
        var header = QfileHeader.Read(fixedPart);
        if (header.NameLength == 0)
            return false;
        if (++entries > limits.Entries)
            throw new UnpackException(QfileError.Limit);
        if (header.NameLength > QfileHeader.LongestName)
            throw new UnpackException(QfileError.NameTooLong);
        var name = new byte[header.NameLength];
        input.Read(name);
        var path = EntryPath.Parse(name, allNames);
        lastName = path.Bytes;
        if (!header.Accessed.IsValid || !header.Modified.IsValid)
            throw new UnpackException(QfileError.Invalid);
        Take(path, header, input);
        return true;
    }

    private void Take(EntryPath path, QfileHeader header, CheckedInput input)
    {
        switch (header.Type)
        {
            case QfileType.Directory:
                TakeDirectory(path, header);
                break;
            case QfileType.Regular:
                if (header.Length > (ulong)(limits.Bytes - bytes))
                    throw new UnpackException(QfileError.Limit);
                bytes += (long)header.Length;
                tree.MakeFile(path, header, file => CopyContent(input, file, (long)header.Length));
                break;
            case QfileType.Link:
                TakeLink(path, header, input);
                break;
            default:
                throw new UnpackException(QfileError.Invalid);
        }
    }

    private void TakeDirectory(EntryPath path, QfileHeader header)
    {
        var key = System.Text.Encoding.Latin1.GetString(path.Bytes);
        if (begun.Remove(key))
        {
            openNames -= key.Length;
            tree.FinishDirectory(path, header);
            return;
        }

        openNames += key.Length;
        if (openNames > limits.OpenNames)
            throw new UnpackException(QfileError.Limit);
        if (!tree.TryMakeDirectory(path))
            throw new UnpackException(QfileError.Exists);
        begun.Add(key);
    }

    private void TakeLink(EntryPath path, QfileHeader header, CheckedInput input)
    {
        if (header.Length > UnpackLimits.LongestTarget)
            throw new UnpackException(QfileError.NameTooLong);
        var target = chunk.AsSpan(0, (int)header.Length);
        input.Read(target);
        path.CheckTarget(target, allNames);
        tree.MakeLink(path, header, target);
    }

    private void CopyContent(CheckedInput input, SafeFileHandle file, long length)
    {
        for (long done = 0; done < length;)
        {
            var count = input.ReadSome(chunk.AsSpan(0, (int)Math.Min(ChunkSize, length - done)));
            try
            {
                RandomAccess.Write(file, chunk.AsSpan(0, count), done);
            }
            catch (IOException e)
            {
                // On Unix the result of a file operation is its errno.
                throw new UnpackException((uint)e.HResult);
            }

            done += count;
        }
    }
}
