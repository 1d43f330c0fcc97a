using Microsoft.Extensions.Configuration;
using Qubes.Plugins.Templates.Apt;
using Qubes.Plugins.Templates.Tests.Kit;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Templates.Tests.Apt;

public sealed class AptSourcesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Only_what_serves_the_release_is_taken_from_the_newer_format()
    {
        _folder.Write("sources.list.d/host.sources", """
            # a comment
            Types: deb deb-src
            URIs: http://mirror.example/debian
            Suites: bookworm bookworm-updates trixie
            Components: main
            Signed-By:
             -----BEGIN
             .
             -----END

            Types: deb
            URIs: http://other.example/
            Suites: trixie

            Enabled: no
            Types: deb
            URIs: http://disabled.example/
            Suites: bookworm
            """);

        Assert.Equal("""
            Types: deb
            URIs: http://mirror.example/debian
            Suites: bookworm bookworm-updates
            Components: main
            Signed-By: 
             -----BEGIN
             .
             -----END

            """, Sources().For("bookworm"));
    }

    [Fact]
    public void The_older_format_is_translated()
    {
        _folder.Write("sources.list", """
            deb [arch=amd64 signed-by=/usr/share/keyrings/k.gpg] http://mirror.example/debian bookworm main contrib # here
            deb-src http://mirror.example/debian bookworm main
            deb http://mirror.example/debian-security bookworm-security main
            deb http://mirror.example/debian sid main
            """);

        Assert.Equal("""
            Types: deb
            URIs: http://mirror.example/debian
            Suites: bookworm
            Components: main contrib
            signed-by: /usr/share/keyrings/k.gpg

            Types: deb
            URIs: http://mirror.example/debian-security
            Suites: bookworm-security
            Components: main

            """, Sources().For("bookworm"));
    }

    [Fact]
    public void A_release_without_source_is_refused_with_what_would_help()
    {
        var refusal = Assert.Throws<QubesException>(() => Sources().For("bookworm"));

        Assert.Contains("has no package source for 'bookworm'", refusal.Message);
        Assert.Contains("'sources' in the section [Templates]", refusal.Message);
    }

    [Fact]
    public void A_file_that_the_settings_name_takes_the_hosts_place()
    {
        var file = _folder.Write("mine.sources", "Types: deb\nURIs: http://mine.example/\nSuites: any\n");

        Assert.Contains("mine.example", Sources(file).For("bookworm"));
        Assert.Contains("cannot be read", Assert.Throws<QubesException>(() => Sources(file + "x").For("bookworm")).Message);
    }

    public void Dispose() => _folder.Dispose();

    private AptSources Sources(string? setting = null) => new(
        new ConfigurationBuilder().AddInMemoryCollection([new("sources", setting)]).Build(), _folder.Path);
}
