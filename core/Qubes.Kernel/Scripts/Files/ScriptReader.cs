using System.Text;
using System.Text.RegularExpressions;

namespace Qubes.Kernel.Scripts.Files;

// load = [ blanks ] "#load" [ blanks ] DQUOTE path DQUOTE rest-of-line
/// <summary>
/// Reads a script and the files it loads, without the compiler: what is not read here, the compiler does not get. A path is looked for beside the
/// file that names it, then in the administrator's directory, then in the shipped one.
/// </summary>
internal sealed partial class ScriptReader(ScriptFolders folders, ScriptTrust trust)
{
    private const int MostBytes = 1 << 20;
    private const int MostFiles = 64;

    /// <exception cref="ScriptRefusedException">A file is not to be trusted, too long, or one of too many.</exception>
    public ScriptText Read(string path)
    {
        Dictionary<string, byte[]> files = new(StringComparer.Ordinal);
        var wanted = new Queue<string>([path]);
        while (wanted.TryDequeue(out var next))
        {
            if (files.ContainsKey(next))
                continue;
            if (files.Count == MostFiles)
                throw new ScriptRefusedException($"{path} loads more than {MostFiles} files");
            var bytes = files[next] = ReadOne(next);
            foreach (var loaded in LoadedBy(next, bytes))
                wanted.Enqueue(loaded);
        }
        return new(path, files);
    }

    /// <summary>The text of a script that has no file; what it loads is read.</summary>
    /// <exception cref="ScriptRefusedException">As of <see cref="Read"/>.</exception>
    public ScriptText Around(string path, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Dictionary<string, byte[]> files = new(StringComparer.Ordinal) { [path] = bytes };
        foreach (var loaded in LoadedBy(path, bytes))
        {
            foreach (var (name, content) in Read(loaded).Files)
                files.TryAdd(name, content);
        }
        return new(path, files);
    }

    /// <summary>The file that a path in another one means; null: there is none where scripts may be.</summary>
    public string? Resolve(string path, string? from) => new[] { Path.GetDirectoryName(from), folders.Administrators, folders.Shipped }
        .OfType<string>().Select(folder => Path.GetFullPath(path, folder))
        .FirstOrDefault(full => folders.FolderOf(full) is not null && File.Exists(full));

    private IEnumerable<string> LoadedBy(string path, byte[] bytes) =>
        from Match line in Load().Matches(Encoding.UTF8.GetString(bytes))
        let full = Resolve(line.Groups[1].Value, path)
        where full is not null
        select full;

    private byte[] ReadOne(string path)
    {
        var top = folders.FolderOf(path) ?? throw new ScriptRefusedException($"{path} is in none of the directories of scripts");
        for (var folder = Path.GetDirectoryName(path)!; folder.Length >= top.Length; folder = Path.GetDirectoryName(folder)!)
            trust.RequireDirectory(folder);
        trust.RequireFile(path);
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (file.Length > MostBytes)
                throw new ScriptRefusedException($"{path} has {file.Length} bytes; {MostBytes} are accepted");
            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ScriptRefusedException($"{path} cannot be read: {e.Message}", e);
        }
    }

    [GeneratedRegex("""^[ \t]*#load[ \t]*"([^"\r\n]{1,500})""", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Load();
}
