// Argo CD's application controller and its repository server: what compares a folder with the cluster and applies it.
// The program is the one that its name says, as in Argo CD's own image. Its page, its command and its sign-in are left out.
//
//	argocd application-controller …
//	argocd repo-server …
package main

import (
	"fmt"
	"os"

	"github.com/argoproj/argo-cd/v3/cmd/argocd-application-controller/commands"
	repo "github.com/argoproj/argo-cd/v3/cmd/argocd-repo-server/commands"
	"github.com/spf13/cobra"
)

func main() {
	root := &cobra.Command{Use: "argocd", SilenceUsage: true}
	for name, command := range map[string]*cobra.Command{
		"application-controller": commands.NewCommand(),
		"repo-server":            repo.NewCommand(),
	} {
		command.Use = name
		root.AddCommand(command)
	}
	if err := root.Execute(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
