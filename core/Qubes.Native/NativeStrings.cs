using System.Runtime.InteropServices;
using System.Text;

namespace Qubes.Native;

/// <summary>A NULL-terminated array of C strings in memory that the collector does not move.</summary>
public sealed unsafe class NativeStrings : IDisposable
{
    private readonly byte** entries;
    private readonly int count;

    /// <summary>Copies texts, none of which contains a NUL, as UTF-8.</summary>
    public NativeStrings(IReadOnlyList<string> texts)
        : this([.. texts.Select(Encoding.UTF8.GetBytes)])
    {
    }

    /// <summary>Copies byte strings, none of which contains a NUL.</summary>
    public NativeStrings(IReadOnlyList<byte[]> texts)
    {
        count = texts.Count;
        entries = (byte**)NativeMemory.AllocZeroed((nuint)count + 1, (nuint)sizeof(byte*));
        for (var i = 0; i < count; i++)
        {
            entries[i] = (byte*)NativeMemory.AllocZeroed((nuint)texts[i].Length + 1);
            texts[i].CopyTo(new Span<byte>(entries[i], texts[i].Length));
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
