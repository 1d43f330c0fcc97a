using Qubes.Sdk.Errors;
using Qubes.Sdk.Testing.Plugins;

namespace Acme.TextConvert.Tests;

public sealed class SettingsTests
{
    [Theory]
    [InlineData("most-megabytes", "0", "setting most-megabytes is '0'; a number from 1 to 256 is accepted")]
    [InlineData("deadline-seconds", "soon", "setting deadline-seconds is 'soon'; a number from 1 to 3600 is accepted")]
    [InlineData("template", "", "setting template is empty; name a disposable template, or leave the setting out")]
    public async Task A_wrong_setting_keeps_the_plugin_from_starting_and_says_why(string name, string value, string why)
    {
        await using var host = new PluginTestHost { Settings = { [name] = value } };

        var refusal = await Assert.ThrowsAsync<QubesException>(() => host.StartAsync(new TextConvertPlugin()));

        Assert.Equal(why, refusal.Message);
    }
}
