using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Qubes.Plugins.Qemu.Memory;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Qemu.Cloning;

internal sealed partial class TemplateStore
{
    private const long MaximumSmallFile = 16 << 20;

    /// <summary>Writes all files of a template, and returns when they are on the disk.</summary>
    private static async Task<TemplateRecord> WriteAsync(FrozenMachine frozen, TemplatePlace place, CancellationToken cancel)
    {
        string memoryDigest;
        var stream = CreateFile(place.Memory);
        await using (stream.ConfigureAwait(false))
        {
            var (source, file) = (frozen.Memory, stream.SafeFileHandle);
            RandomAccess.SetLength(file, source.Size);
            memoryDigest = await SparseContent.CopyAsync(source.Handle, file, source.Size, cancel).ConfigureAwait(false);
            await Task.Run(() => RandomAccess.FlushToDisk(file), cancel).ConfigureAwait(false);
        }
        var record = frozen.Record with
        {
            MemoryBytes = frozen.Memory.Allocated,
            MemoryDigest = memoryDigest,
            StateDigest = WriteSmall(place.State, ContentOf(frozen.State.Handle)),
            StubDigest = WriteSmall(place.Stub, ContentOf(frozen.Stub.Handle)),
        };
        WriteSmall(place.Record, record.ToJson());
        return record;
    }

    /// <summary>Reads a template into memory of the daemon's own and seals it: what was checked is what is used.</summary>
    private static async Task<(FrozenMachine? Frozen, string Why)> ReadAsync(TemplatePlace place, string key, CancellationToken cancel)
    {
        if (place.WhyNot() is { } why)
            return (null, why);
        if (TemplateRecord.Read(place.Record) is not { } record || record.Key != key)
            return (null, "its description cannot be read");
        var size = (long)record.MemoryMiB << 20;
        MemoryFile? memory = null, state = null, stub = null;
        var isWhole = false;
        try
        {
            (state, var stateDigest) = ReadSmall("state", place.State);
            (stub, var stubDigest) = ReadSmall("kernel-stub", place.Stub);
            memory = MemoryFile.Create("machine", size);
            using (var file = File.OpenHandle(place.Memory))
            {
                var digest = RandomAccess.GetLength(file) == size
                    ? await SparseContent.CopyAsync(file, memory.Handle, size, cancel).ConfigureAwait(false)
                    : "of another size";
                isWhole = (digest, stateDigest, stubDigest) == (record.MemoryDigest, record.StateDigest, record.StubDigest);
            }
            memory.Seal();
            return isWhole ? (new FrozenMachine(record, memory, state, stub), "") : (null, "its content is not what was written");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or QubeException)
        {
            isWhole = false;
            return (null, e.Message);
        }
        finally
        {
            if (!isWhole)
            {
                memory?.Dispose();
                state?.Dispose();
                stub?.Dispose();
            }
        }
    }

    private static FileStream CreateFile(string path) => new(path, new FileStreamOptions
    {
        Mode = FileMode.CreateNew,
        Access = FileAccess.Write,
        BufferSize = 0,
        UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
    });

    private static string WriteSmall(string path, byte[] content)
    {
        using var file = CreateFile(path);
        file.Write(content);
        file.Flush(flushToDisk: true);
        return Convert.ToHexStringLower(SHA256.HashData(content));
    }

    private static (MemoryFile File, string Digest) ReadSmall(string name, string path)
    {
        using var file = File.OpenHandle(path);
        var content = ContentOf(file);
        return (MemoryFile.Of(name, content), Convert.ToHexStringLower(SHA256.HashData(content)));
    }

    private static byte[] ContentOf(SafeFileHandle file)
    {
        var length = RandomAccess.GetLength(file);
        if (length > MaximumSmallFile)
            throw new QubeException($"A file of {length} bytes: at most {MaximumSmallFile} are taken");
        var content = new byte[length];
        var filled = 0;
        while (filled < length && RandomAccess.Read(file, content.AsSpan(filled), filled) is var read and > 0)
            filled += read;
        return filled == length ? content : throw new QubeException("A file became shorter while it was read");
    }
}
