using Microsoft.Win32.SafeHandles;
using Qubes.Plugins.FilePool.Linux;

namespace Qubes.Plugins.FilePool.Images;

/// <summary>Raw images: sparse files, mode 0600.</summary>
internal static class ImageFile
{
    private const long CopyStep = 16 << 20; // between two looks at the cancellation token
    private const int BufferSize = 1 << 20;

    /// <summary>A new file that reads as zeros.</summary>
    public static void CreateSparse(string path, long length)
    {
        using var file = CreateNew(path);
        file.SetLength(length);
    }

    /// <summary>A new, empty file for reading and writing; its directory is made when missing.</summary>
    /// <exception cref="IOException">It exists.</exception>
    public static FileStream CreateNew(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, VolumeFiles.DirectoryMode);
        return new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
    }

    /// <summary>Opens for reading only.</summary>
    public static SafeFileHandle OpenRead(string path) =>
        File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    /// <summary>
    /// Makes the empty target equal the source: by sharing blocks where the file system can (Btrfs, XFS), else by copying what
    /// is not a hole.
    /// </summary>
    public static void Copy(SafeFileHandle source, SafeFileHandle target, CancellationToken cancel)
    {
        if (FileCalls.TryShareBlocks(source, target))
            return;
        RandomAccess.SetLength(target, RandomAccess.GetLength(source));
        for (long at = 0; FileCalls.NextData(source, at) is { } start;)
        {
            at = FileCalls.NextHole(source, start) ?? RandomAccess.GetLength(source);
            CopyRange(source, start, target, start, at - start, cancel);
        }
    }

    /// <summary>Copies a range; what lies beyond the source's end reads as zeros.</summary>
    public static void CopyRange(
        SafeFileHandle source, long from, SafeFileHandle target, long to, long length, CancellationToken cancel)
    {
        for (long done = 0, step; done < length; done += step)
        {
            cancel.ThrowIfCancellationRequested();
            step = FileCalls.CopyRange(source, from + done, target, to + done, Math.Min(CopyStep, length - done));
            if (step == 0)
                step = CopyThroughMemory(source, from + done, target, to + done, length - done);
            if (step == 0)
            {
                Clear(target, to + done, length - done);
                return;
            }
        }
    }

    /// <summary>Makes the range read as zeros.</summary>
    public static void Clear(SafeFileHandle file, long offset, long length)
    {
        if (FileCalls.TryPunchHole(file, offset, length))
            return;
        var zeros = new byte[(int)Math.Min(length, BufferSize)];
        for (long done = 0; done < length; done += zeros.Length)
            RandomAccess.Write(file, zeros.AsSpan(0, (int)Math.Min(zeros.Length, length - done)), offset + done);
    }

    private static int CopyThroughMemory(SafeFileHandle source, long from, SafeFileHandle target, long to, long length)
    {
        var buffer = new byte[(int)Math.Min(length, BufferSize)];
        var read = RandomAccess.Read(source, buffer, from);
        RandomAccess.Write(target, buffer.AsSpan(0, read), to);
        return read;
    }
}
