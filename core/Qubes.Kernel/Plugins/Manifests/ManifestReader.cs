using System.Text.Json;
using System.Text.RegularExpressions;
using Qubes.Sdk.Plugins;

namespace Qubes.Kernel.Plugins.Manifests;

/// <summary>Reads and checks <c>plugin.json</c>: at most 64 KiB, no unknown or repeated members, every value bounded.</summary>
internal static partial class ManifestReader
{
    public const string FileName = "plugin.json";

    private const int MaxBytes = 64 * 1024;
    private const int MaxDescription = 500;
    private const int MaxList = 64;

    /// <exception cref="PluginRefusedException">The manifest is missing, malformed, or for another SDK.</exception>
    public static PluginManifest Read(string folder)
    {
        var manifest = Parse(ReadBounded(Path.Combine(folder, FileName)));
        Check(manifest, Path.GetFileName(folder));
        if (!File.Exists(Path.Combine(folder, manifest.Assembly)))
            throw Malformed($"\"assembly\" names {manifest.Assembly}, which is not in the plugin's folder");
        return manifest;
    }

    /// <exception cref="PluginRefusedException">It is not a manifest.</exception>
    public static PluginManifest Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            var manifest = JsonSerializer.Deserialize(json, ManifestJson.Default.PluginManifest) ?? throw Malformed("it is null");
            RefuseRepetition(json);
            return manifest;
        }
        catch (JsonException e)
        {
            throw new PluginRefusedException(PluginState.Malfunctioned, $"{FileName}: {Line(e.Message)}", e);
        }
    }

    /// <exception cref="PluginRefusedException">A value is not allowed.</exception>
    public static void Check(PluginManifest manifest, string folderName)
    {
        if (manifest.Name != folderName || !PluginName.IsValid(manifest.Name))
            throw Malformed($"\"name\" must be the name of the folder, {folderName}");
        if (!VersionForm().IsMatch(manifest.Version))
            throw Malformed("\"version\" must be like 1.2.3 or 1.2.3-beta, at most 64 characters");
        if (!AssemblyForm().IsMatch(manifest.Assembly))
            throw Malformed("\"assembly\" must be the name of a .dll file in the plugin's folder");
        if (manifest.Description.Length > MaxDescription || manifest.Description.Any(char.IsControl))
            throw Malformed($"\"description\" must be one line of at most {MaxDescription} characters");
        if (manifest.Requires is { } requires && (requires.Count > MaxList || !requires.All(PluginName.IsValid)))
            throw Malformed($"\"requires\" must be at most {MaxList} names of plugins");
        if (manifest.Settings is { } settings && (settings.Count > MaxList || !settings.All(PluginName.IsValid)))
            throw Malformed($"\"settings\" must be at most {MaxList} names of settings, each {PluginName.Rule}");
        if (!Enum.IsDefined(manifest.Reload))
            throw Malformed("\"reload\" must be beside, restart or never");
        CheckSdk(manifest.Sdk);
    }

    private static void RefuseRepetition(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        HashSet<string> seen = new(StringComparer.Ordinal); // All members are known ones by now.
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1 && !seen.Add(reader.GetString()!))
                throw Malformed($"\"{Line(reader.GetString()!)}\" stands there twice");
        }
    }

    private static void CheckSdk(string sdk)
    {
        var host = SdkVersion.Current;
        if (!SdkForm().IsMatch(sdk))
            throw Malformed("\"sdk\" must be MAJOR.MINOR");
        var wanted = Version.Parse(sdk);
        if (wanted.Major != host.Major || wanted.Minor > host.Minor)
        {
            throw new PluginRefusedException(
                PluginState.Unsupported, $"it is built for SDK {sdk}; this host takes {host.Major}.0 to {host.ToString(2)}");
        }
    }

    private static byte[] ReadBounded(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var buffer = new byte[MaxBytes + 1];
            var length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            return length <= MaxBytes ? buffer[..length] : throw Malformed($"it is longer than {MaxBytes} bytes");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PluginRefusedException(PluginState.Malfunctioned, $"{FileName} cannot be read: {Line(e.Message)}", e);
        }
    }

    private static PluginRefusedException Malformed(string what) => new(PluginState.Malfunctioned, $"{FileName}: {what}");

    private static string Line(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));

    [GeneratedRegex(@"\A(?=.{1,64}\z)[0-9]+(\.[0-9]+){0,3}([-+][A-Za-z0-9.+-]+)?\z")]
    private static partial Regex VersionForm();

    [GeneratedRegex(@"\A[0-9]{1,4}\.[0-9]{1,4}\z")]
    private static partial Regex SdkForm();

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9_.+-]{0,123}\.dll\z")]
    private static partial Regex AssemblyForm();
}
