using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Qubes.Kernel.Plugins;
using Qubes.Sdk.Plugins;
using Qubes.Kernel.Plugins.Manifests;

namespace Qubes.Kernel.Tests.Plugins;

public sealed class ManifestReaderTests : IDisposable
{
    private const string Good = """
        { "name": "Qemu", "version": "0.1.0", "sdk": "0.1", "assembly": "Qubes.Plugins.Qemu.dll",
          "description": "Machines on QEMU", "requires": ["FilePool"], "settings": ["binary"] }
        """;

    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void A_manifest_is_read_whole()
    {
        var manifest = Read(Good);
        Assert.Equal("Qemu", manifest.Name);
        Assert.Equal("0.1.0", manifest.Version);
        Assert.Equal("Machines on QEMU", manifest.Description);
        Assert.Equal(["FilePool"], manifest.Requires);
        Assert.Equal(["binary"], manifest.Settings);
    }

    [Fact]
    public void Only_four_members_are_needed()
    {
        var manifest = Read("""{ "name": "Qemu", "version": "1", "sdk": "0.0", "assembly": "Qubes.Plugins.Qemu.dll" }""");
        Assert.Null(manifest.Requires);
        Assert.Null(manifest.Settings);
    }

    [Theory]
    [InlineData("\"name\": \"Qemu\"", "\"name\": \"Other\"", "must be the name of the folder, Qemu")]
    [InlineData("\"name\": \"Qemu\",", "", "missing required properties")]
    [InlineData("\"name\": \"Qemu\"", "\"name\": null", "name")]
    [InlineData("\"name\": \"Qemu\",", "\"name\": \"Qemu\", \"name\": \"Qemu\",", "name")]
    [InlineData("\"settings\"", "\"setings\"", "setings")]
    [InlineData("0.1.0", "newest", "\"version\" must be like 1.2.3")]
    [InlineData("\"0.1\"", "\"0.1.2\"", "\"sdk\" must be MAJOR.MINOR")]
    [InlineData("\"0.1\"", "\"99999999999.0\"", "\"sdk\" must be MAJOR.MINOR")]
    [InlineData("Qubes.Plugins.Qemu.dll", "../Qemu.dll", "\"assembly\" must be the name of a .dll file")]
    [InlineData("Qubes.Plugins.Qemu.dll", ".dll", "\"assembly\" must be the name of a .dll file")]
    [InlineData("Qubes.Plugins.Qemu.dll", "Qemu.exe", "\"assembly\" must be the name of a .dll file")]
    [InlineData("Qubes.Plugins.Qemu.dll", "Other.dll", "Other.dll, which is not in the plugin's folder")]
    [InlineData("on QEMU", "on\\nQEMU", "\"description\" must be one line")]
    [InlineData("[\"FilePool\"]", "[\"File Pool\"]", "\"requires\" must be at most 64 names")]
    [InlineData("[\"FilePool\"]", "[null]", "\"requires\" must be at most 64 names")]
    [InlineData("[\"FilePool\"]", "[[]]", "plugin.json: ")]
    [InlineData("[\"binary\"]", "[\"\"]", "\"settings\" must be at most 64 names")]
    [InlineData("}", "} {}", "plugin.json: ")]
    [InlineData("}", ",}", "plugin.json: ")]
    public void What_is_wrong_is_said(string from, string to, string reason)
    {
        var refusal = Assert.Throws<PluginRefusedException>(() => Read(Good.Replace(from, to)));
        Assert.Equal(PluginState.Malfunctioned, refusal.State);
        Assert.Contains(reason, refusal.Message);
        Assert.DoesNotContain(refusal.Message, char.IsControl);
    }

    [Theory]
    [InlineData("1.0")]
    [InlineData("1.1")]
    [InlineData("0.2")]
    public void Another_major_or_a_newer_minor_sdk_is_unsupported(string sdk)
    {
        var refusal = Assert.Throws<PluginRefusedException>(() => Read(Good.Replace("\"0.1\"", $"\"{sdk}\"")));
        Assert.Equal(PluginState.Unsupported, refusal.State);
    }

    [Fact]
    public void A_null_manifest_is_refused() =>
        Assert.Contains("it is null", Assert.Throws<PluginRefusedException>(() => Read("null")).Message);

    [Fact]
    public void A_missing_manifest_is_refused() =>
        Assert.Contains("cannot be read", Assert.Throws<PluginRefusedException>(() => ManifestReader.Read(directory.Path)).Message);

    [Fact]
    public void A_manifest_that_is_too_long_is_refused()
    {
        var text = Good + new string(' ', 64 * 1024);
        Assert.Contains("longer than 65536", Assert.Throws<PluginRefusedException>(() => Read(text)).Message);
    }

    [Fact]
    public void Any_bytes_are_read_or_refused() => Check.QuickThrowOnFailure(Prop.ForAll((byte[] bytes, int cut) =>
    {
        // Bytes that mean nothing, and a manifest that is damaged by them.
        var damaged = Encoding.UTF8.GetBytes(Good);
        bytes.AsSpan(0, Math.Min(bytes.Length, 8)).CopyTo(damaged.AsSpan((cut & int.MaxValue) % (damaged.Length - 8)));
        return ReadOrRefused(bytes) && ReadOrRefused(damaged);
    }));

    private static bool ReadOrRefused(byte[] bytes)
    {
        try
        {
            ManifestReader.Check(ManifestReader.Parse(bytes), "Qemu");
        }
        catch (PluginRefusedException)
        {
        }
        return true;
    }

    private PluginManifest Read(string json)
    {
        var folder = directory.Sub("Qemu");
        File.WriteAllText(Path.Combine(folder, "plugin.json"), json);
        File.WriteAllText(Path.Combine(folder, "Qubes.Plugins.Qemu.dll"), "");
        return ManifestReader.Read(folder);
    }
}
