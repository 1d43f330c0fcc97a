namespace Qubes.TestPlugins.Private;

/// <summary>A library that only the plugin has.</summary>
public static class PrivateLibrary
{
    /// <summary>Its version.</summary>
    public static string Version => typeof(PrivateLibrary).Assembly.GetName().Version!.ToString();
}
