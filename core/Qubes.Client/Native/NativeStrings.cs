using System.Runtime.InteropServices;
using System.Text;

namespace Qubes.Client.Native;

/// <summary>A NULL-terminated array of C strings in memory that the collector does not move.</summary>
internal sealed unsafe class NativeStrings : IDisposable
{
    private readonly byte** entries;
    private readonly int count;

    /// <summary>Copies texts, none of which contains a NUL, as UTF-8.</summary>
    public NativeStrings(IReadOnlyList<string> texts)
    {
        count = texts.Count;
        entries = (byte**)NativeMemory.AllocZeroed((nuint)count + 1, (nuint)sizeof(byte*));
        for (var i = 0; i < count; i++)
        {
            var bytes = Encoding.UTF8.GetBytes(texts[i]);
            entries[i] = (byte*)NativeMemory.AllocZeroed((nuint)bytes.Length + 1);
            bytes.CopyTo(new Span<byte>(entries[i], bytes.Length));
        }
    }

    /// <summary>The array.</summary>
    public byte** Pointer => entries;

    /// <summary>Frees it.</summary>
    public void Dispose()
    {
        for (var i = 0; i < count; i++)
            NativeMemory.Free(entries[i]);
        NativeMemory.Free(entries);
    }
}
