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

    /// <summary>
    /// Gives back the pages that hold nothing: a guest that booted has zeroed a good part of its memory, and a template would keep
    /// that for as long as it is in use.
    /// </summary>
    /// <param name="file">Nobody else's any more, and not sealed yet.</param>
    /// <param name="size">Bytes, whole pages.</param>
    /// <param name="cancel">Ends it.</param>
    public static Task DropZerosAsync(SafeFileHandle file, long size, CancellationToken cancel) =>
        Task.Run(() => ForEachRun(file, size, static _ => { }, (offset, length) => MemoryCalls.GiveBack(file, offset, length), cancel), cancel);

    private static string Copy(SafeFileHandle source, SafeFileHandle target, long size, CancellationToken cancel)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        ForEachRun(source, size, CopyRun, static (_, _) => { }, cancel);
        AppendNumbers(digest, size, 0);
        return Convert.ToHexStringLower(digest.GetHashAndReset());

        void CopyRun(Run run)
        {
            RandomAccess.Write(target, run.Content, run.Offset);
            AppendNumbers(digest, run.Offset, run.Content.Length);
            digest.AppendData(run.Content);
        }
    }

    /// <summary>Goes through a file chunk by chunk, holes passed over: runs of pages that hold something, and runs that do not.</summary>
    private static void ForEachRun(
        SafeFileHandle source, long size, Action<Run> content, Action<long, long> zeros, CancellationToken cancel)
    {
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
                for (var start = 0; start < chunk.Length;)
                {
                    var isContent = IsContent(chunk, start);
                    var end = start;
                    while (end < chunk.Length && IsContent(chunk, end) == isContent)
                        end += PageAt(chunk, end).Length;
                    if (isContent)
                        content(new Run(chunk[start..end], offset + start));
                    else
                        zeros(offset + start, end - start);
                    start = end;
                }
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer); // a guest's memory
        }
    }

    private static bool IsContent(ReadOnlySpan<byte> chunk, int start) => PageAt(chunk, start).ContainsAnyExcept((byte)0);

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

    /// <summary>A longest run of pages that hold something, within its chunk.</summary>
    private readonly ref struct Run(ReadOnlySpan<byte> content, long offset)
    {
        public ReadOnlySpan<byte> Content { get; } = content;

        public long Offset { get; } = offset;
    }
}
