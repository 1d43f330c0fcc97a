using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Qemu.Memory;

/// <summary>Copies a machine's memory without its zeros: pages that hold nothing become holes.</summary>
internal static class SparseContent
{
    private const int PageSize = 4096;
    private const int ChunkSize = 1 << 20;

    /// <summary>
    /// Copies everything that is not zero. The digest is of the content, however many holes either file has: SHA-256 over each
    /// longest run of pages that are not all zero, within aligned chunks of 1 MiB, as offset and length (64 bits each, little
    /// endian) and bytes, and at last the size.
    /// </summary>
    /// <param name="source">Read from its start.</param>
    /// <param name="target">Of the same size, all zeros.</param>
    /// <param name="size">Bytes.</param>
    /// <param name="cancel">Ends it.</param>
    /// <returns>The digest in hexadecimal.</returns>
    /// <exception cref="QubeException">The source is shorter.</exception>
    public static Task<string> CopyAsync(SafeFileHandle source, SafeFileHandle target, long size, CancellationToken cancel) =>
        Task.Run(() => Copy(source, target, size, cancel), cancel);

    private static string Copy(SafeFileHandle source, SafeFileHandle target, long size, CancellationToken cancel)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = GC.AllocateUninitializedArray<byte>(ChunkSize);
        try
        {
            for (long offset = 0; MemoryCalls.NextData(source, offset) is { } data && data < size; offset += ChunkSize)
            {
                cancel.ThrowIfCancellationRequested();
                offset = data / ChunkSize * ChunkSize;
                var chunk = buffer.AsSpan(0, (int)Math.Min(ChunkSize, size - offset));
                if (ReadAll(source, chunk, offset) < chunk.Length)
                    throw new QubeException("The memory is shorter than it should be");
                CopyRuns(chunk, offset, target, digest);
            }
            AppendNumbers(digest, size, 0);
            return Convert.ToHexStringLower(digest.GetHashAndReset());
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer); // a guest's memory
        }
    }

    private static void CopyRuns(ReadOnlySpan<byte> chunk, long offset, SafeFileHandle target, IncrementalHash digest)
    {
        for (var start = 0; start < chunk.Length;)
        {
            var end = start;
            while (end < chunk.Length && PageAt(chunk, end).ContainsAnyExcept((byte)0))
                end += PageAt(chunk, end).Length;
            if (end > start)
            {
                var run = chunk[start..end];
                RandomAccess.Write(target, run, offset + start);
                AppendNumbers(digest, offset + start, run.Length);
                digest.AppendData(run);
            }
            start = end + PageSize;
        }
    }

    private static ReadOnlySpan<byte> PageAt(ReadOnlySpan<byte> chunk, int start) =>
        chunk.Slice(start, Math.Min(PageSize, chunk.Length - start));

    private static void AppendNumbers(IncrementalHash digest, long first, long second)
    {
        Span<byte> numbers = stackalloc byte[2 * sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(numbers, first);
        BinaryPrimitives.WriteInt64LittleEndian(numbers[sizeof(long)..], second);
        digest.AppendData(numbers);
    }

    private static int ReadAll(SafeFileHandle source, Span<byte> chunk, long offset)
    {
        var filled = 0;
        while (filled < chunk.Length && RandomAccess.Read(source, chunk[filled..], offset + filled) is var read and > 0)
            filled += read;
        return filled;
    }
}
