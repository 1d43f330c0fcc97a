using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Qubes.Kernel.Scripts.Files;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Scripting;

namespace Qubes.Kernel.Scripts.Compiling;

// file = "QSC1" sha256-of-rest length-of-assembly assembly symbols      ; length: 4 bytes, little endian
/// <summary>
/// Compiled scripts on disk, by what they were made of: text, SDK, compiler, runtime. What is found is used only where nobody but a trusted
/// user can have written it, and it is whole; else it is made again. For any thread but the kernel loop's.
/// </summary>
internal sealed class CompiledCache(QubesPaths paths, ScriptTrust trust)
{
    private const int HeaderLength = 4 + SHA256.HashSizeInBytes + 4;
    private const int MostFiles = 256;
    private const int MostBytes = 16 << 20;

    private static readonly byte[] Magic = "QSC1"u8.ToArray();

    // Each build has its own: of the SDK, and of what compiles.
    private static readonly byte[] Makers = Encoding.UTF8.GetBytes(string.Join('\n',
        typeof(ScriptGlobals).Module.ModuleVersionId, typeof(CompiledCache).Module.ModuleVersionId, RuntimeInformation.FrameworkDescription));

    private string Folder => paths.State + "/scripts";

    /// <summary>What names a script's code.</summary>
    public static string KeyOf(ScriptText text) => Convert.ToHexStringLower(SHA256.HashData([.. text.Hash(), .. Makers]));

    /// <summary>Null: there is none that can be used.</summary>
    public CompiledScript? Find(string key)
    {
        var path = PathOf(key);
        if (!File.Exists(path))
            return null;
        try
        {
            trust.RequireDirectory(Folder);
            trust.RequireFile(path);
            return new FileInfo(path).Length <= MostBytes ? Parse(File.ReadAllBytes(path)) : null;
        }
        catch (Exception e) when (e is ScriptRefusedException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <exception cref="IOException">It cannot be kept.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be kept.</exception>
    public void Keep(string key, CompiledScript script)
    {
        Directory.CreateDirectory(Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        MakeRoom();
        var path = PathOf(key);
        var unfinished = path + ".new";
        File.Delete(unfinished);
        using (var file = new FileStream(unfinished, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            file.Write(Format(script));
            file.Flush(flushToDisk: true);
        }
        File.Move(unfinished, path, overwrite: true);
    }

    private static byte[] Format(CompiledScript script)
    {
        var rest = new byte[4 + script.Assembly.Length + script.Symbols.Length];
        BinaryPrimitives.WriteInt32LittleEndian(rest, script.Assembly.Length);
        script.Assembly.CopyTo(rest, 4);
        script.Symbols.CopyTo(rest, 4 + script.Assembly.Length);
        return [.. Magic, .. SHA256.HashData(rest), .. rest];
    }

    private static CompiledScript? Parse(byte[] bytes)
    {
        if (bytes.Length < HeaderLength || !bytes.AsSpan(0, 4).SequenceEqual(Magic))
            return null;
        var rest = bytes.AsSpan(4 + SHA256.HashSizeInBytes);
        if (!SHA256.HashData(rest).AsSpan().SequenceEqual(bytes.AsSpan(4, SHA256.HashSizeInBytes)))
            return null;
        var length = BinaryPrimitives.ReadInt32LittleEndian(rest);
        return length >= 0 && length <= rest.Length - 4 ? new(rest[4..(4 + length)].ToArray(), rest[(4 + length)..].ToArray()) : null;
    }

    // What is oldest was not compiled lately; where it is needed again it is made again.
    private void MakeRoom()
    {
        foreach (var old in new DirectoryInfo(Folder).GetFiles().OrderByDescending(f => f.LastWriteTimeUtc).Skip(MostFiles - 1))
            old.Delete();
    }

    private string PathOf(string key) => $"{Folder}/{key}";
}
