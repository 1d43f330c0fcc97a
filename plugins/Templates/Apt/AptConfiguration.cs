namespace Qubes.Plugins.Templates.Apt;

/// <summary>
/// The settings that keep an apt inside one directory: read last, so that the host's proxies and authentication still
/// count, but not its hooks, which would clean up the host's own cache.
/// </summary>
internal static class AptConfiguration
{
    /// <summary>For a directory laid out with <c>lists</c>, <c>cache</c>, <c>sources</c> and an empty <c>status</c>.</summary>
    public static string For(string folder) => $"""
        #clear APT::Update::Pre-Invoke;
        #clear APT::Update::Post-Invoke;
        #clear APT::Update::Post-Invoke-Success;
        Dir::Etc::SourceList "/dev/null";
        Dir::Etc::SourceParts "{folder}/sources/";
        Dir::Etc::Preferences "/dev/null";
        Dir::Etc::PreferencesParts "/dev/null";
        Dir::State::Lists "{folder}/lists/";
        Dir::State::Status "{folder}/status";
        Dir::Cache "{folder}/cache/";
        Dir::Cache::PkgCache "";
        Dir::Cache::SrcPkgCache "";
        APT::Architecture "amd64";
        APT::Architectures "amd64";
        APT::Install-Recommends "false";
        APT::Sandbox::User "root";
        Acquire::Languages "none";
        Acquire::GzipIndexes "false";
        Acquire::CompressionTypes::Order "";

        """;
}
